/* The toast counts down and goes when the decision is sent; a status that was there at load is said aloud once more. */
const toast = document.getElementById("toast");

if (toast) {
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
  const tick = setInterval(() => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds > 0) { left.textContent = `${seconds}\u202fs`; return; }
    clearInterval(tick);
    if (toast.contains(document.activeElement)) document.getElementById("main").focus();
    toast.remove();
  }, 250);
}
