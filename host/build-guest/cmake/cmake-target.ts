import type { CMakeScope } from './cmake-scope.js';

/** A target: an executable or a library. Paths are absolute. */
export interface CMakeTarget {
  name: string;
  isExecutable: boolean;
  sources: string[];
  links: string[];
}

/** What the CMakeLists.txt of a folder, and of those that it adds, says. */
export interface CMakeProject {
  targets: Map<string, CMakeTarget>;
  definitions: string[];
  includes: string[];
  /** Made by configure_file: the path that it is made at, and its text. */
  configured: { path: string; text: string }[];
  /** What is not there: a folder that is added, a file that is configured. */
  missing: string[];
  /** Commands that may mean something for the build, and are not read: each with its file and line. */
  unread: string[];
}

/** One folder while it is read, as its commands see it. */
export interface CMakeFolder {
  readonly project: CMakeProject;
  /** Its path. */
  readonly folder: string;
  readonly scope: CMakeScope;
  /** The absolute path of a name. */
  path(name: string): string;
  /** The target of a name, which is made if there is none. */
  target(name: string): CMakeTarget;
  /** Reads the CMakeLists.txt of another folder, with variables of its own. */
  readFolder(folder: string): void;
  /** Reads a file as if it stood here. */
  readFile(path: string): void;
  /** Something is not read at the command that runs: says so. */
  unread(what: string): void;
}
