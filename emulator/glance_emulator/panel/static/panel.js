// What the panel's pages gain where scripts run: the reader's own time zone, progress of uploads, live activity.
// Every form works without it.
"use strict";

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    const timeStyle = "seconds" in time.dataset ? "medium" : "short";
    time.title = time.textContent;
    time.textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle }).format(moment);
  }
}

// Send a file by itself, so that it needs no room on the way and its progress can be seen.
function send(address, file, token, form) {
  const shown = form.querySelector(".progress");
  const bar = shown.querySelector("progress");
  const words = shown.querySelector("span");
  shown.hidden = false;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let told = -1;
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      bar.value = percent;
      if (percent >= told + 10 || percent === 100) words.textContent = `${(told = percent)} % sent`;
    };
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error(request.responseText)));
    request.onerror = () => reject(new Error("The connection broke off. The image waits for its data."));
    request.open("PUT", address);
    request.setRequestHeader("X-CSRF-Token", token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  });
}

async function upload(event) {
  const form = event.target;
  const file = form.elements.file.files[0];
  if (!file) return;
  event.preventDefault();
  const token = form.elements.csrf.value;
  const words = form.querySelector(".progress span");
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  let page = location.pathname;
  try {
    if (!form.dataset.upload) {
      const fields = new FormData(form);
      fields.delete("file");
      const made = await fetch(page, { method: "POST", body: fields, headers: { "X-CSRF-Token": token } });
      if (!made.ok) throw new Error(await made.text());
      page = new URL(made.url).pathname;
      form.dataset.upload = `${page}/file`; // once it is there, another attempt uploads to it
    }
    await send(form.dataset.upload, file, token, form);
    location.assign(form.dataset.upload.replace(/\/file$/, ""));
  } catch (error) {
    form.querySelector(".progress").hidden = false;
    words.textContent = error.message;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
}

function live() {
  const rows = document.getElementById("rows");
  const button = document.querySelector("[data-live]");
  if (!rows || !button) return;
  const said = button.parentElement.querySelector("[role=status]");
  button.parentElement.hidden = false;
  let last = rows.querySelector("tr")?.dataset.last ?? "";
  button.onclick = () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  setInterval(async () => {
    if (button.getAttribute("aria-pressed") !== "true" || document.hidden) return;
    const asked = new URLSearchParams(location.search);
    asked.set("after", last);
    const answer = await fetch(`${rows.dataset.rows}?${asked}`).catch(() => null);
    if (!answer?.ok || answer.redirected) {
      said.textContent = "The emulator does not answer; load the page again.";
      return;
    }
    const fresh = document.createElement("tbody");
    fresh.innerHTML = await answer.text();
    const found = [...fresh.querySelectorAll("tr")];
    said.textContent = "";
    if (!found.length) return;
    last = found[0].dataset.last;
    localTimes(fresh);
    for (const row of rows.querySelectorAll(".new")) row.classList.remove("new");
    for (const row of found) row.classList.add("new");
    rows.prepend(...found);
    while (rows.children.length > 500) rows.lastElementChild.remove();
    document.getElementById("nothing")?.remove();
  }, 1500);
}

localTimes(document);
for (const form of document.querySelectorAll("form[data-upload]")) form.addEventListener("submit", upload);
live();
if (document.querySelector("[data-refresh]")) setTimeout(() => location.reload(), 1500);
