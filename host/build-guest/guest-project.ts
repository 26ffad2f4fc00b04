/** What is built: the sources of one application, and how they want to be compiled. */
export interface GuestProject {
  /** Paths. */
  sources: readonly string[];
  /** `NAME` or `NAME=value` as the compiler takes them. */
  definitions: readonly string[];
  includes: readonly string[];
  /** Files that are made for the build, for example app_version.h: they are put into a folder that is included. */
  generated: readonly { name: string; text: string }[];
}
