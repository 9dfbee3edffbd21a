/* Opacity of the heatmap, and zoom. Which layer shows, blur, greyscale and boxes are the stylesheet's. */
const STEP = 1.25;
const LARGEST = 4;

addEventListener("input", (event) => {
  const slider = event.target;
  if (slider.name !== "opacity") return;
  const viewer = slider.closest(".viewer");
  viewer.querySelector(".plate").style.setProperty("--heat", slider.value / 100);
  viewer.querySelector(".range output").value = `${slider.value}\u202f%`;
});

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom]");
  if (!button) return;
  const viewer = button.closest(".viewer");
  const before = Number(viewer.dataset.zoomed || 1);
  const wanted = { in: before * STEP, out: before / STEP, fit: 1 }[button.dataset.zoom];
  const zoom = Math.min(LARGEST, Math.max(1, wanted));
  viewer.dataset.zoomed = zoom;
  viewer.querySelector(".plate").style.setProperty("--zoom", zoom);
  viewer.querySelector(".zoom output").value = `${Math.round(zoom * 100)}\u202f%`;
});
