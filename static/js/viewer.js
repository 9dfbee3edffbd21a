/* The viewer: opacity of the heatmap, zoom and pan, blinking, revealing what is blurred, two pictures moved as one.
   Which layer shows, blur, greyscale, boxes and the picture beside are the stylesheet's, so that they need no script. */
const STEP = 1.25;
const LARGEST = 8;
const CLICK = 350; // ms; longer is a hold
const SLOP = 5; // px that a click may move
const BLINK = 800; // ms; well under three flashes a second
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const viewerOf = (node) => node.closest?.(".viewer");
const switchOf = (viewer, name) => viewer.querySelector(`[name="${name}"]`);

addEventListener("input", (event) => {
  const slider = event.target;
  if (slider.name !== "opacity") return;
  const viewer = viewerOf(slider);
  for (const plate of viewer.querySelectorAll(".plate")) plate.style.setProperty("--heat", slider.value / 100);
  viewer.querySelector(".range output").value = `${slider.value}\u202f%`;
});

const stageOf = (viewer) => viewer.querySelector(".stage");

const zoomTo = (viewer, wanted, x, y) => {
  const stage = stageOf(viewer);
  const before = Number(viewer.dataset.zoomed || 1);
  const zoom = Math.min(LARGEST, Math.max(1, wanted));
  const [left, top] = [x ?? stage.clientWidth / 2, y ?? stage.clientHeight / 2];
  const [across, down] = [(stage.scrollLeft + left) / before, (stage.scrollTop + top) / before];
  viewer.dataset.zoomed = zoom;
  for (const plate of viewer.querySelectorAll(".plate")) plate.style.setProperty("--zoom", zoom);
  viewer.querySelector(".zoom output").value = `${Math.round(zoom * 100)}\u202f%`;
  stage.scrollTo(across * zoom - left, down * zoom - top);
};

const zoomed = (viewer) => Number(viewer.dataset.zoomed || 1);

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom]");
  if (!button) return;
  const viewer = viewerOf(button);
  const now = zoomed(viewer);
  zoomTo(viewer, { in: now * STEP, out: now / STEP, fit: 1 }[button.dataset.zoom]);
});

addEventListener("wheel", (event) => {
  const stage = event.target.closest?.(".stage");
  if (!stage || (stage.classList.contains("fixed") && !event.ctrlKey)) return;
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  const viewer = viewerOf(stage);
  zoomTo(viewer, zoomed(viewer) * (event.deltaY < 0 ? STEP : 1 / STEP), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

addEventListener("dblclick", (event) => {
  const stage = event.target.closest?.(".stage");
  if (!stage) return;
  const box = stage.getBoundingClientRect();
  const viewer = viewerOf(stage);
  zoomTo(viewer, zoomed(viewer) > 1 ? 1 : 2, event.clientX - box.left, event.clientY - box.top);
});

/* Drag moves an enlarged picture; a press on a blurred one reveals it, for as long as it is held or, clicked, to stay. */
let held = null;

addEventListener("pointerdown", (event) => {
  const stage = event.target.closest?.(".stage");
  if (!stage || event.button !== 0) return;
  const viewer = viewerOf(stage);
  held = { stage, viewer, x: event.clientX, y: event.clientY, left: stage.scrollLeft, top: stage.scrollTop, at: event.timeStamp, moved: false };
  if (switchOf(viewer, "blur")?.checked) {
    viewer.dataset.held = "";
    viewer.dispatchEvent(new CustomEvent("assay:revealed", { bubbles: true }));
  }
  if (event.pointerType === "mouse" && zoomed(viewer) > 1) event.preventDefault();
});

addEventListener("pointermove", (event) => {
  if (!held) return;
  const [across, down] = [event.clientX - held.x, event.clientY - held.y];
  held.moved ||= Math.hypot(across, down) > SLOP;
  if (event.pointerType !== "mouse" || !held.moved) return;
  held.stage.scrollTo(held.left - across, held.top - down);
});

const letGo = (event) => {
  if (!held) return;
  const { viewer, moved, at } = held;
  held = null;
  if (viewer.dataset.held === undefined) return;
  delete viewer.dataset.held;
  if (event.type === "pointerup" && !moved && event.timeStamp - at < CLICK) switchOf(viewer, "blur").click();
};
addEventListener("pointerup", letGo);
addEventListener("pointercancel", letGo);

addEventListener("change", (event) => {
  if (event.target.name !== "blur" || event.target.checked) return;
  viewerOf(event.target)?.dispatchEvent(new CustomEvent("assay:revealed", { bubbles: true }));
});

/* Two pictures side by side are moved as one. */
addEventListener("scroll", (event) => {
  const stage = event.target;
  if (!stage.classList?.contains("stage")) return;
  for (const other of viewerOf(stage).querySelectorAll(".stage")) {
    if (other !== stage && other.scrollLeft !== stage.scrollLeft) other.scrollLeft = stage.scrollLeft;
    if (other !== stage && other.scrollTop !== stage.scrollTop) other.scrollTop = stage.scrollTop;
  }
}, { capture: true });

const layers = (viewer) => [...viewer.querySelectorAll('[name="heat"]')];

const someLayer = (viewer) => {
  const all = layers(viewer);
  const chosen = all.find((one) => one.checked);
  if (chosen?.value === "0" || !chosen) (all.find((one) => one.value !== "0"))?.click();
};

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-cycle]");
  if (!button) return;
  const all = layers(viewerOf(button));
  all[(all.findIndex((one) => one.checked) + 1) % all.length].click();
});

let blinking = 0;

const flip = (viewer) => viewer.toggleAttribute("data-bare");

const rest = () => {
  clearInterval(blinking);
  blinking = 0;
  for (const viewer of document.querySelectorAll(".viewer[data-bare]")) viewer.removeAttribute("data-bare");
};

/* Where motion is unwelcome each press turns the heatmap off or on, once. */
addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-blink]");
  if (!button) return;
  const viewer = viewerOf(button);
  const begins = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(begins));
  rest();
  if (!begins) return;
  someLayer(viewer);
  flip(viewer);
  if (!calm.matches) blinking = setInterval(() => (viewer.isConnected ? flip(viewer) : rest()), BLINK);
});
