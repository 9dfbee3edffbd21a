/* What is selected, and the bar that acts on it: on the selection, or on all that the filters find where there is none. */
const bar = document.getElementById("bulk");
const picks = [...document.querySelectorAll("[data-pick]")];
const all = document.querySelector("[data-pick-all]");

for (const form of document.querySelectorAll("form[data-at-once]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

const sync = () => {
  const chosen = picks.filter((pick) => pick.checked);
  for (const pick of picks) {
    const row = pick.closest("tr");
    if (row && pick.checked) row.setAttribute("aria-selected", "true");
    else row?.removeAttribute("aria-selected");
  }
  for (const field of bar.querySelectorAll("[data-filter]")) field.disabled = chosen.length > 0;
  const words = bar.querySelector("[data-picked]");
  words.textContent = chosen.length ? words.dataset.some.replace("%n", chosen.length) : words.dataset.none;
  if (all) {
    all.checked = chosen.length === picks.length;
    all.indeterminate = chosen.length > 0 && chosen.length < picks.length;
  }
};

if (bar) {
  let last = null;
  for (const pick of picks) {
    pick.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [picks.indexOf(last), picks.indexOf(pick)].sort((a, b) => a - b);
        for (const between of picks.slice(from, to + 1)) between.checked = pick.checked;
      }
      last = pick;
      sync();
    });
  }
  all?.addEventListener("change", () => {
    for (const pick of picks) pick.checked = all.checked;
    sync();
  });
  bar.addEventListener("reset", () => setTimeout(sync));
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    sync();
  });
  bar.addEventListener("submit", (event) => {
    if (event.submitter?.formMethod !== "post") setTimeout(() => { delete bar.dataset.sent; });
  });
  sync();
}
