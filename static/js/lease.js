/* The claim's time runs down in words and in the ring; while somebody works, it is kept before it ends. */
const SOON = 0.25; // of the lease that is left
const ACTIVE = 60_000; // ms since the last sign of work
let until = 0;
let worked = performance.now();
let keeping = false;

const lease = () => document.querySelector(".lease[data-seconds]");
const left = () => Math.max(0, Math.ceil((until - performance.now()) / 1000));

const start = (seconds) => { until = performance.now() + seconds * 1000; };

const draw = () => {
  const here = lease();
  if (!here) return;
  const seconds = left();
  here.querySelector("[data-left]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  here.querySelector(".left").setAttribute("stroke-dasharray", `${(100 * seconds) / Number(here.dataset.whole)} 100`);
};

const keep = async (form) => {
  if (keeping) return;
  keeping = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    start((await answer.json()).seconds);
  } catch { /* the lease runs on as it was */ }
  keeping = false;
  delete form.dataset.sent;
  draw();
};

addEventListener("submit", (event) => {
  if (event.target.dataset.extend === undefined) return;
  event.preventDefault();
  keep(event.target);
});

for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  addEventListener(sign, () => { worked = performance.now(); }, { passive: true });
}

const begin = () => { const here = lease(); if (here) start(Number(here.dataset.seconds)); };

setInterval(() => {
  const here = lease();
  if (!here) return;
  draw();
  const soon = left() > 0 && left() < SOON * Number(here.dataset.whole);
  if (soon && performance.now() - worked < ACTIVE) keep(here.querySelector("form[data-extend]"));
}, 1000);

begin();
document.addEventListener("assay:swapped", begin);
