/** What is built: the sources of one application, and how they want to be compiled. */
export interface GuestProject {
  /** Paths. */
  sources: readonly string[];
  /** `NAME` or `NAME=value` as the compiler takes them. */
  definitions: readonly string[];
  /** Folders of headers, as the application says. */
  includes: readonly string[];
  /** Folders with headers that it does not name: they are looked into last, so that none hides one of libc. */
  otherIncludes: readonly string[];
  /** Files that are made for the build, for example app_version.h: they are put into a folder that is included. */
  generated: readonly { name: string; text: string }[];
  /** What of its CMakeLists.txt is not read, with file and line each. */
  unread: readonly string[];
}
