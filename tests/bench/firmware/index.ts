/** What tools/firmware/measure.ts takes from here. */
export { grown, missed, otherVersions, readFigures, writeFigures } from './figures.js';
export { measure, profile, versions } from './measure.js';
