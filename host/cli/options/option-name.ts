/** The name under which an option is typed: `publishTopic` is `--publish-topic`. */
export function optionName(property: string): string {
  return `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
