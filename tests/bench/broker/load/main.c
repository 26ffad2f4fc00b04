#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "load.h"

static const char HELP[] =
    "Usage: load --port P [options]\n\n"
    "Publishes through a broker and prints one JSON object: messages received, milliseconds, processor time and memory of\n"
    "the broker, percentiles of the time from publisher to subscriber.\n\n"
    "  --host ADDRESS     default 127.0.0.1\n"
    "  --ca FILE          TLS, with this CA\n"
    "  --pid PID          the broker's process, to measure it\n"
    "  --publishers N     default 1\n"
    "  --subscribers N    default 1\n"
    "  --messages N       of each publisher, default 1000\n"
    "  --size BYTES       of a payload, 8 to 1048576, default 64\n"
    "  --qos 0|1          default 0\n"
    "  --window N         messages of a publisher on their way, default 100\n"
    "  --rate N           messages a second, default as many as the window allows\n"
    "  --fan              every subscriber takes the one topic\n"
    "  --durable          the sessions of subscribers outlive their connections\n"
    "  --idle N           N connections, no messages\n"
    "  --deadline S       seconds, default 60\n";

static int number(const char *name, const char *text, int least, int most) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == 0 || *end != 0 || value < least || value > most)
    fail("--%s %s: give a whole number from %d to %d", name, text, least, most);
  return (int)value;
}

int main(int argc, char **argv) {
  struct options options = {
      .host = "127.0.0.1", .publishers = 1, .subscribers = 1, .messages = 1000, .size = 64, .window = 100, .deadline = 60};
  static const struct option names[] = {
      {"host", 1, 0, 'h'},        {"port", 1, 0, 'p'},     {"ca", 1, 0, 'c'},     {"pid", 1, 0, 'i'},
      {"publishers", 1, 0, 'P'},  {"subscribers", 1, 0, 'S'}, {"messages", 1, 0, 'm'}, {"size", 1, 0, 's'},
      {"qos", 1, 0, 'q'},         {"window", 1, 0, 'w'},   {"rate", 1, 0, 'r'},   {"fan", 0, 0, 'f'},
      {"durable", 0, 0, 'D'},     {"idle", 1, 0, 'n'},        {"deadline", 1, 0, 'd'}, {"help", 0, 0, '?'},   {0, 0, 0, 0}};
  for (int index = 0, name; (name = getopt_long(argc, argv, "", names, &index)) != -1;) {
    switch (name) {
      case 'h': options.host = optarg; break;
      case 'p': options.port = number("port", optarg, 1, 65535); break;
      case 'c': options.ca = optarg; break;
      case 'i': options.pid = number("pid", optarg, 1, 1 << 30); break;
      case 'P': options.publishers = number("publishers", optarg, 1, 100000); break;
      case 'S': options.subscribers = number("subscribers", optarg, 0, 100000); break;
      case 'm': options.messages = number("messages", optarg, 1, 100000000); break;
      case 's': options.size = number("size", optarg, 8, 1 << 20); break;
      case 'q': options.qos = number("qos", optarg, 0, 1); break;
      case 'w': options.window = number("window", optarg, 1, 65535); break;
      case 'r': options.rate = number("rate", optarg, 1, 1000000); break;
      case 'f': options.fan = 1; break;
      case 'D': options.durable = 1; break;
      case 'n': options.idle = number("idle", optarg, 1, 100000); break;
      case 'd': options.deadline = number("deadline", optarg, 1, 3600); break;
      default: fputs(HELP, stderr); return 2;
    }
  }
  if (options.port == 0) {
    fputs(HELP, stderr);
    return 2;
  }
  if (options.fan && options.publishers > 1) fail("--fan: there is one publisher; leave --publishers out");
  if (!options.fan && !options.idle && options.subscribers > 0 && options.subscribers != options.publishers)
    fail("give as many --subscribers as --publishers, none, or --fan");
  run(&options);
  return 0;
}
