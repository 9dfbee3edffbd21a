/* Single keys press the button that bears them, outside fields and dialogs; they can be switched off in the user menu. */
const FIELDS = "textarea, select, input:not([type=radio], [type=checkbox], [type=range])";
const toggle = document.getElementById("single-keys");

const allowed = () => {
  try { return localStorage.getItem("assay-keys") !== "off"; } catch { return true; }
};

if (toggle) {
  toggle.checked = allowed();
  toggle.addEventListener("change", () => {
    try { localStorage.setItem("assay-keys", toggle.checked ? "on" : "off"); } catch { toggle.checked = true; }
  });
}

addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;
  if (busy || event.target.matches?.(FIELDS) || document.querySelector("dialog[open]") || !allowed()) return;
  const bearer = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!bearer) return;
  event.preventDefault();
  bearer.click();
});

/* A decision is sent once, however often its key is pressed. */
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent !== undefined) event.preventDefault();
  event.target.dataset.sent = "";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
