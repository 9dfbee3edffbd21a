/* Drop, paste, or choose: each fills the file field and sends its form. */
const form = document.getElementById("check");
const zone = document.getElementById("drop");
const field = document.getElementById("file");

const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

const send = () => {
  const told = document.getElementById("sending");
  told.textContent = `${told.dataset.words} ${field.files[0].name}`;
  form.requestSubmit();
};

const take = (files) => {
  const picture = [...(files ?? [])][0];
  if (!picture) return false;
  const list = new DataTransfer();
  list.items.add(picture);
  field.files = list.files;
  send();
  return true;
};

if (form) {
  document.getElementById("choose").addEventListener("click", () => field.click());
  field.addEventListener("change", () => { if (field.files.length) send(); });
  addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => { if (take(event.clipboardData?.files)) event.preventDefault(); });
  addEventListener("pageshow", () => { document.getElementById("sending").textContent = ""; });
}
