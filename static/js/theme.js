/* In the head and not a module: the chosen theme stands before the first paint. */
(() => {
  const root = document.documentElement;
  const order = ["system", "light", "dark"];
  const read = () => {
    try { return localStorage.getItem("assay-theme") || "system"; } catch { return "system"; }
  };
  const keep = (theme) => {
    try { localStorage.setItem("assay-theme", theme); } catch { /* the choice lasts for this page */ }
  };
  const show = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (!button) return;
    button.title = button.dataset[theme];
    button.setAttribute("aria-label", `${button.title}. ${button.dataset.change}`);
  };
  let theme = order.includes(read()) ? read() : "system";
  root.dataset.scripted = "";
  show(theme);
  addEventListener("DOMContentLoaded", () => {
    show(theme);
    document.getElementById("theme")?.addEventListener("click", () => {
      theme = order[(order.indexOf(theme) + 1) % order.length];
      keep(theme);
      show(theme);
    });
  });
})();
