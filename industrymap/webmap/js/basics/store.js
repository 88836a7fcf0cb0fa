// The page's state: one plain object, changed only through `set`, watched by key.

/** State that can be watched. */
export class Store {
  #state;
  #watchers = [];

  /** @param {Object<string, any>} state */
  constructor(state) {
    this.#state = { ...state };
  }

  /** The state as it is now: read it, never change it. */
  get state() {
    return this.#state;
  }

  /**
   * Change some keys and tell those who watch them.
   * @param {Object<string, any>} change
   */
  set(change) {
    const changed = Object.keys(change).filter((key) => !Object.is(this.#state[key], change[key]));
    if (!changed.length) return;
    this.#state = { ...this.#state, ...change };
    for (const watcher of [...this.#watchers]) {
      if (watcher.keys.some((key) => changed.includes(key))) watcher.listen(this.#state, changed);
    }
  }

  /**
   * Watch keys.
   * @param {string[]} keys
   * @param {(state: Object, changed: string[]) => void} listen
   * @returns {() => void} stops watching
   */
  watch(keys, listen) {
    const watcher = { keys, listen };
    this.#watchers.push(watcher);
    return () => {
      this.#watchers = this.#watchers.filter((w) => w !== watcher);
    };
  }
}
