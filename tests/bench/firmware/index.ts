/** What tools/firmware/measure.ts uses. */
export { grown, missed, otherVersions, readFigures, writeFigures } from './figures.js';
export { measure, profile, versions } from './measure.js';
