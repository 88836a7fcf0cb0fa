// A browser compiles code when it first runs: the first condition a reader sets would take twice as long as the later ones.
// While nothing else is to do, the page goes through what a condition sets off. State, selection and picture stay as they are.

const ROUNDS = 5;
const LONGEST_MS = 40;

/** Go through a few rounds when the browser is idle; where one takes long, no more. @param {Object} app */
export function rehearse(app) {
  if (!window.requestIdleCallback) return;
  const conditions = conditionsOf(app.model);
  let left = ROUNDS;
  const round = () => {
    const began = performance.now();
    app.engine.rehearse(conditions);
    left -= 1;
    if (left > 0 && performance.now() - began < LONGEST_MS) window.requestIdleCallback(round);
    else performance.mark("industrymap:rehearsed");
  };
  window.requestIdleCallback(round);
}

/** A condition on each column that is there already. */
function conditionsOf(model) {
  return model.subjects.flatMap((layer) => [...layer.columns.fields.keys()].flatMap((field) => {
    const column = layer.columns.column(field);
    if (column?.codes && column.words?.length) return { id: layer.id, item: { op: "in", field, words: [column.words[0]] } };
    return column?.values ? { id: layer.id, item: { op: "range", field, min: 1, max: null } } : [];
  }));
}
