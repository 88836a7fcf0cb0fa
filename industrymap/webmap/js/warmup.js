// A browser compiles code when it first runs: the first condition a reader sets would take twice as long as the later ones.
// While nothing else is to do, the page goes through what a condition sets off. State, selection and picture stay as they are.

const ROUNDS = 5;
const LONGEST_MS = 40;

/** Go through a few rounds when the browser is idle; where one takes long, no more. @param {Object} app */
export function warmUp(app) {
  if (!window.requestIdleCallback) return;
  const conditions = conditionsOf(app.model);
  let left = ROUNDS;
  const round = () => {
    const began = performance.now();
    app.engine.warmUp(conditions);
    left -= 1;
    if (left > 0 && performance.now() - began < LONGEST_MS) window.requestIdleCallback(round);
    else performance.mark("industrymap:warm");
  };
  window.requestIdleCallback(round);
}

/** For each layer one condition of each kind, on columns that are there already. */
function conditionsOf(model) {
  return model.subjects.flatMap((layer) => {
    const there = [...layer.columns.fields.keys()].map((field) => ({ field, column: layer.columns.column(field) }));
    const coded = there.find(({ column }) => column?.codes && column.words?.length);
    const measured = there.find(({ column }) => column?.values);
    return [
      coded && { op: "in", field: coded.field, words: [coded.column.words[0]] },
      measured && { op: "range", field: measured.field, min: 1, max: null },
    ].filter(Boolean).map((item) => ({ id: layer.id, item }));
  });
}
