/* Single keys press the button that bears them, outside fields and dialogs; they can be switched off in the user menu.
   "?" opens the list of keys. A bearer inside something hidden is passed over. */
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

const bearerOf = (key) => {
  const bearers = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return bearers.find((one) => one.type !== "hidden" && (one.labels?.[0] ?? one).checkVisibility());
};

const press = (bearer) => {
  if (bearer.matches(FIELDS)) bearer.focus();
  else bearer.click();
};

/* The list of keys is in no one's way, and in no search of the page, until somebody asks for it. */
const dialogOf = (id) => {
  const there = document.getElementById(id);
  const written = document.getElementById(`${id}-list`);
  if (!there && written) document.body.append(written.content.cloneNode(true));
  return document.getElementById(id);
};

const open = (id) => {
  const dialog = dialogOf(id);
  if (!dialog || dialog.open) return;
  document.getElementById("user")?.hidePopover();
  dialog.showModal();
};

addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;
  if (event.key === "Escape" && event.target.matches?.("textarea")) event.target.blur();
  if (busy || event.target.matches?.(FIELDS) || document.querySelector("dialog[open]") || !allowed()) return;
  if (event.key === "?" && document.getElementById("keys-list")) { event.preventDefault(); open("keys"); return; }
  const bearer = bearerOf(event.key.toLowerCase());
  if (!bearer) return;
  event.preventDefault();
  press(bearer);
});

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) open(opener.dataset.opens);
});

/* A decision is sent once, however often its key is pressed. */
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.method === "dialog") return;
  if (event.target.dataset.sent !== undefined) event.preventDefault();
  event.target.dataset.sent = "";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
