/* The workbench goes on without a wait. While a case is looked at, the page of the next one and its picture are fetched;
   a decision shows that page at once and is sent behind it, one after the other. What the server answers settles what
   stands around the picture, or takes the reader back with its problem. Without script, and while the next page is not
   there yet, the form is sent as any other. */
const AHEAD = { "X-Assay-Ahead": "1" };
const announced = document.getElementById("announced");
const bench = () => document.querySelector(".workbench");
const idOf = (root) => root.querySelector(".workbench")?.dataset.case;
let ahead = null; // { address, page, title, seal, id } of the next case, ready to be shown
let asked = ""; // the address that is being fetched
let sending = Promise.resolve();
let waiting = 0; // what is still to be answered

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

const pictureReady = async (page) => {
  const photo = page.querySelector(".photo");
  if (photo) await photo.decode().catch(() => {});
};

const prepare = async () => {
  const address = bench()?.dataset.next;
  if (!address || asked === address) return;
  asked = address;
  ahead = null;
  try {
    const answer = await fetch(address, { headers: AHEAD });
    if (!answer.ok || asked !== address) return;
    const whole = parsed(await answer.text());
    const page = document.adoptNode(whole.querySelector(".workbench"));
    await pictureReady(page);
    if (asked !== address) return;
    ahead = { address, page, title: whole.title, seal: whole.getElementById("seal"), id: page.dataset.case };
    document.documentElement.dataset.ahead = address;
  } catch { asked = ""; }
};

const say = (words) => { announced.textContent = words; };

const putSeal = (fresh) => {
  document.getElementById("seal")?.remove();
  if (fresh) bench().after(document.adoptNode(fresh));
};

const swapped = () => document.dispatchEvent(new Event("assay:swapped"));

/* The address follows when the server has answered: until then a reload leads back to what may not be decided yet. */
const arrive = (address) => {
  if (location.pathname !== new URL(address, location).pathname) history.pushState({}, "", address);
};

const show = (page, title, seal) => {
  bench().replaceWith(page);
  putSeal(seal);
  document.title = title;
  document.getElementById("main").focus({ preventScroll: true });
  say(page.querySelector("[role=alert] strong")?.textContent ?? page.querySelector("h1").textContent);
  swapped();
};

/* How many wait, above: the page that was fetched ahead knew an older number. */
const putCount = (whole) => {
  const [old, fresh] = [document, whole].map((page) => page.querySelector(".nav .count"));
  if (old && fresh) old.replaceWith(document.adoptNode(fresh));
};

const putToast = (whole) => {
  document.getElementById("toasts").replaceChildren(...document.adoptNode(whole.getElementById("toasts")).childNodes);
};

/* Only what stands around the picture: whoever looks at it may have begun a note. */
const settle = (whole) => {
  const fresh = whole.querySelector(".workbench");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = bench().querySelector(`[data-part="${part.dataset.part}"]`);
    old?.replaceWith(document.adoptNode(part));
  }
  bench().dataset.next = fresh.dataset.next ?? "";
};

const answered = async (answer, shown) => {
  if (!new URL(answer.url).pathname.startsWith("/review/cases/")) { location.assign(answer.url); return; }
  const whole = parsed(await answer.text());
  if (!idOf(whole)) { location.assign(answer.url); return; }
  putToast(whole);
  putCount(whole);
  if (waiting > 0 && answer.ok) return;
  if (answer.ok && shown && idOf(whole) === bench().dataset.case) settle(whole);
  else show(document.adoptNode(whole.querySelector(".workbench")), whole.title, whole.getElementById("seal"));
  arrive(answer.ok ? answer.url : `/review/cases/${bench().dataset.case}`);
  swapped();
  prepare();
};

const failed = (before, form) => {
  if (before) show(before.page, before.title, before.seal);
  const unsent = document.createElement("div");
  unsent.className = "problem";
  unsent.setAttribute("role", "alert");
  unsent.textContent = bench().dataset.unsent;
  bench().querySelector(".case-head").after(unsent);
  for (const one of bench().querySelectorAll("form[data-sent]")) delete one.dataset.sent;
  delete form.dataset.sent;
};

const send = (form, action, body, before) => {
  waiting += 1;
  sending = sending.then(async () => {
    try {
      const answer = await fetch(action, { method: "POST", body, headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken") } });
      waiting -= 1;
      await answered(answer, Boolean(before));
    } catch {
      waiting -= 1;
      failed(before, form);
    }
  });
};

addEventListener("submit", (event) => {
  const form = event.target;
  const flow = form.dataset?.flow;
  const ready = flow === "next" && ahead && ahead.address === bench().dataset.next;
  if (!flow || event.defaultPrevented || !event.submitter || !(ready || waiting)) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  const action = event.submitter.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  let before = null;
  if (ready) {
    before = { page: bench(), title: document.title, seal: document.getElementById("seal") };
    body.append("following", ahead.id);
    const { page, title, seal } = ahead;
    ahead = null;
    asked = "";
    show(page, title, seal);
  }
  send(form, action, body, before);
});

addEventListener("popstate", () => location.reload());

/* What was unveiled is counted, once for each picture. */
addEventListener("assay:revealed", (event) => {
  const here = bench();
  const token = here?.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!here || !token || here.dataset.counted !== undefined || !here.contains(event.target)) return;
  here.dataset.counted = "";
  fetch(`/review/cases/${here.dataset.case}/revealed`, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
});

if (document.readyState === "complete") prepare();
else addEventListener("load", prepare);
