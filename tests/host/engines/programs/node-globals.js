// Globals of Node that MQTT.js expects: esbuild puts them wherever their names stand.
export { Buffer } from 'buffer/';
export { default as process } from 'process/browser.js';
