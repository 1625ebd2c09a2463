// SPDX-License-Identifier: Apache-2.0
// One analysis: its events are read from one request while its log is sent with another, since browsers
// send a body before they read the answer.

import { eventsOf } from "./events.js";

/** The stream of events says best why an upload failed; it is given so long to do so. */
const GRACE_MILLIS = 2000;

/** Why an analysis has no result, in words for people. */
export class Problem extends Error {}

export class Analysis {
  #abort = new AbortController();
  #id = null;
  #rate;
  #sentRate;
  #sending = false;

  /** @param rate chunks per second, null for no limit */
  constructor(rate) {
    this.#rate = rate;
    this.#sentRate = rate;
  }

  /** Aborted when the analysis is over. */
  get signal() {
    return this.#abort.signal;
  }

  get cancelled() {
    return this.#abort.signal.aborted && !(this.#abort.signal.reason instanceof Problem);
  }

  /** Stops reading, which is how the server learns that nobody wants the jobs any more. */
  cancel() {
    this.#abort.abort();
  }

  /** The events up to the result, which is the last. Throws a Problem if there is none. */
  async *events(log) {
    try {
      const answer = await this.#fetch(`analyses/events${query(this.#rate)}`, { cache: "no-store" });
      for await (const event of eventsOf(answer)) {
        if (event.name === "ready") {
          this.#begin(event.data.id, log);
        }
        if (event.name === "error") {
          throw new Problem(event.data.detail);
        }
        yield event;
        if (event.name === "result") {
          return;
        }
      }
      throw new Problem("The server ended the stream before there was a result.");
    } finally {
      this.#abort.abort(new Problem("The analysis is over.")); // and so is its upload
    }
  }

  #begin(id, log) {
    this.#id = id;
    this.#upload(log);
    this.#sendRate();
  }

  /** May be called at any time, often: what is sent is the latest. */
  throttle(rate) {
    this.#rate = rate;
    this.#sendRate();
  }

  async #upload(log) {
    try {
      await this.#fetch(`analyses/${this.#id}/log`, { method: "PUT", body: log });
    } catch (error) {
      setTimeout(() => this.#abort.abort(asProblem(error, "The log could not be sent.")), GRACE_MILLIS);
    }
  }

  async #sendRate() {
    if (this.#id === null || this.#sending || this.#rate === this.#sentRate) {
      return;
    }
    this.#sending = true;
    const rate = this.#rate;
    try {
      const method = rate === null ? "DELETE" : "PUT";
      await this.#fetch(`analyses/${this.#id}/throttle${query(rate)}`, { method });
    } catch {
      // The analysis has just ended, or its stream is about to say what is wrong.
    }
    this.#sentRate = rate;
    this.#sending = false;
    this.#sendRate();
  }

  async #fetch(address, options) {
    const answer = await fetch(address, { ...options, signal: this.#abort.signal });
    if (!answer.ok) {
      throw new Problem(await reason(answer));
    }
    return answer;
  }
}

export function asProblem(error, words) {
  return error instanceof Problem ? error : new Problem(words);
}

const query = (rate) => (rate === null ? "" : `?itemsPerSecond=${rate}`);

async function reason(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? `The server answered ${answer.status}.`;
}
