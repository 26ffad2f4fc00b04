/** Writes what one turn of the event loop reports at once: a line of each of many devices would be a system call each. */
export class TurnWriter {
  readonly #out: NodeJS.WritableStream;
  #text = '';

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  write(text: string): void {
    if (this.#text === '') setImmediate(() => this.flush());
    this.#text += text;
  }

  /** Writes what is there. To be called at the end. */
  flush(): void {
    if (this.#text !== '') this.#out.write(this.#text);
    this.#text = '';
  }
}
