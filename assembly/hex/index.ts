export { hex_decode } from './decode';
export { hex_encode } from './encode';
