/* The toast counts down and goes when the decision is sent; a status that was there at load is said aloud once more. */
let tick = 0;

const begin = () => {
  const toast = document.getElementById("toast");
  if (!toast || toast.dataset.begun !== undefined) return;
  toast.dataset.begun = "";
  clearInterval(tick);
  const status = toast.querySelector("[role=status]");
  const left = toast.querySelector("[data-left]");
  const until = performance.now() + Number(toast.dataset.seconds) * 1000;
  const words = status.textContent;
  const announced = document.createElement("span");
  announced.className = "sr";
  announced.setAttribute("role", "status");
  status.removeAttribute("role");
  toast.append(announced);
  setTimeout(() => { announced.textContent = words; }, 300);
  tick = setInterval(() => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds > 0) { left.textContent = `${seconds}\u202fs`; return; }
    clearInterval(tick);
    if (toast.contains(document.activeElement)) document.getElementById("main").focus();
    toast.remove();
  }, 250);
};

begin();
document.addEventListener("assay:swapped", begin);
