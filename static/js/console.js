/* The console: sends what its form says to the API, and writes the same as curl and Python. The key leaves the page only
   as the bearer of these requests, is never stored, and never stands in what can be copied. */
const form = document.getElementById("console");
const field = (name) => form.elements[name];
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const calls = {
  file: () => ({ method: "POST", path: "/submissions", form: { file: field("file").files[0], external_id: field("external").value } }),
  url: () => ({ method: "POST", path: "/submissions", json: { url: field("url").value, external_id: field("external").value || null } }),
  get: () => ({ method: "GET", path: `/submissions/${encodeURIComponent(field("submission").value)}` }),
  list: () => ({ method: "GET", path: `/submissions${field("external").value ? `?${new URLSearchParams({ external_id: field("external").value })}` : ""}` }),
  me: () => ({ method: "GET", path: "/me" }),
};

const chosen = () => {
  const operation = field("operation").value;
  const waits = field("wait").checked && ["file", "url", "get"].includes(operation);
  return { operation, waits, ...calls[operation]() };
};

const curl = (call) => {
  const parts = [`curl ${quoted(`${form.dataset.site}/api/v1${call.path}`)}`, '-H "Authorization: Bearer $ASSAY_KEY"'];
  if (call.waits) parts.push("-H 'Prefer: wait=10'");
  if (call.form) {
    parts.push(`-F ${quoted(`file=@${call.form.file?.name ?? "picture.jpg"}`)}`);
    if (call.form.external_id) parts.push(`-F ${quoted(`external_id=${call.form.external_id}`)}`);
  }
  if (call.json) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(call.json))}`);
  return parts.join(" \\\n  ");
};

const python = (call) => {
  const external = field("external").value;
  const reference = external ? `, external_id=${JSON.stringify(external)}` : "";
  const wait = call.waits ? ", wait=10" : "";
  const lines = {
    file: () => `assay.submit_file(${JSON.stringify(call.form.file?.name ?? "picture.jpg")}${reference}${wait})`,
    url: () => `assay.submit_url(${JSON.stringify(call.json.url)}${reference}${wait})`,
    get: () => `assay.get(${JSON.stringify(field("submission").value)}${wait})`,
    list: () => `list(assay.submissions(${external ? `external_id=${JSON.stringify(external)}` : ""}))`,
    me: () => "assay.me()",
  };
  return `import os\n\nfrom assay_client import Assay\n\nassay = Assay(${JSON.stringify(form.dataset.site)}, key=os.environ["ASSAY_KEY"])\nprint(${lines[call.operation]()})`;
};

const show = () => {
  const call = chosen();
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(call.operation);
  field("file").required = call.operation === "file";
  field("url").required = call.operation === "url";
  field("submission").required = call.operation === "get";
  document.getElementById("as-curl").textContent = curl(call);
  document.getElementById("as-python").textContent = python(call);
};

const body = (call) => {
  if (call.json) return JSON.stringify(call.json);
  if (!call.form) return undefined;
  const data = new FormData();
  for (const [name, value] of Object.entries(call.form)) if (value) data.append(name, value);
  return data;
};

const send = async (call) => {
  const headers = { Authorization: `Bearer ${field("key").value.trim()}` };
  if (call.waits) headers.Prefer = "wait=10";
  if (call.json) headers["Content-Type"] = "application/json";
  if (call.method === "POST") headers["Idempotency-Key"] = crypto.randomUUID?.() ?? String(Math.random());
  return fetch(`/api/v1${call.path}`, { method: call.method, headers, body: body(call), credentials: "omit" });
};

const told = (text) => {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
};

const answer = async () => {
  const status = document.getElementById("status");
  const started = performance.now();
  status.textContent = form.dataset.sending;
  try {
    const response = await send(chosen());
    const text = await response.text();
    status.textContent = `${response.status} ${response.statusText} ${form.dataset.answered.replace("{seconds}", ((performance.now() - started) / 1000).toFixed(2))}`;
    document.getElementById("answer").textContent = told(text);
  } catch (error) {
    status.textContent = `${form.dataset.silence} ${error.message}`;
  }
};

form.addEventListener("input", show);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  await answer();
  button.disabled = false;
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

const tabs = [...document.querySelectorAll("[role=tab]")];
const pick = (tab) => {
  for (const one of tabs) {
    one.setAttribute("aria-selected", one === tab);
    one.tabIndex = one === tab ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = one !== tab;
  }
};
for (const [at, tab] of tabs.entries()) {
  tab.addEventListener("click", () => pick(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    pick(next);
    next.focus();
  });
}
show();
