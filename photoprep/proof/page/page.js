"use strict";
{
  const byId = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll(".picture")];
  const linkOf = (card) => card.querySelector("a[data-after]");

  // Equal runs make equal pages, so only the address knows in which folder this one lies. A name's
  // marks of direction would turn what stands beside it.
  const folder = (() => {
    try {
      const name = decodeURIComponent(location.pathname.split("/").at(-2));
      return name.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
    } catch {
      return ""; // no valid text on its system
    }
  })();
  if (folder) {
    byId("folder").textContent = folder + byId("folder").dataset.between;
    if (byId("to-send")) byId("to-send").textContent = `"${folder}"`;
    document.title = `${folder}: ${document.title}`;
  }

  // Thumbnails stand in the page once; wherever else a picture is shown, it is taken from there.
  const thumbnailOf = (anchor) => {
    const card = byId(anchor);
    const image = card && card.querySelector("img");
    return image ? image.dataset.thumb || image.getAttribute("src") : "";
  };
  const show = (image) => {
    const source = thumbnailOf(image.dataset.of);
    if (source) image.src = source;
    delete image.dataset.of;
  };
  const waiting = [...document.querySelectorAll("img[data-of]")];
  const near = new IntersectionObserver((seen) => {
    for (const each of seen.filter((entry) => entry.isIntersecting)) {
      near.unobserve(each.target);
      show(each.target);
    }
  }, { rootMargin: "800px" });
  for (const image of waiting) near.observe(image);
  addEventListener("beforeprint", () => {
    for (const image of waiting) if (image.dataset.of) show(image);
  });
  // A sheet that is not beside the page is at least shown in small.
  for (const image of document.querySelectorAll("img[data-thumb]")) {
    const instead = () => { if (image.src !== image.dataset.thumb) image.src = image.dataset.thumb; };
    if (image.complete && !image.naturalWidth && image.currentSrc) instead();
    image.addEventListener("error", instead);
  }

  // What is drawn only when it comes near turns out lower or higher than it was taken for.
  let chosen = null;
  for (const post of document.querySelectorAll("nav a")) {
    post.addEventListener("click", () => { chosen = byId(post.hash.slice(1)); });
  }
  addEventListener("hashchange", () => {
    const part = chosen;
    chosen = null;
    if (part) requestAnimationFrame(() => requestAnimationFrame(() => part.scrollIntoView()));
  });

  // The filter.
  const photos = cards.filter((card) => card.dataset.words !== undefined);
  const search = byId("search");
  const onlyRemarks = byId("only-remarks");
  const narrow = () => {
    const words = search.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of photos) {
      const fits = words.every((word) => card.dataset.words.includes(word))
        && (!onlyRemarks.checked || card.classList.contains("remarked"));
      card.hidden = !fits;
      count += fits;
    }
    const said = byId("shown");
    if (count === photos.length) said.textContent = "";
    else if (!count) said.textContent = said.dataset.none;
    else {
      said.textContent = said.dataset.some.replace("[shown]", count).replace("[all]", photos.length);
    }
  };
  if (search) {
    search.form.hidden = false;
    search.form.addEventListener("submit", (event) => event.preventDefault());
    search.addEventListener("input", narrow);
    onlyRemarks.addEventListener("change", narrow);
    narrow();
  }

  // One picture in depth.
  const depth = byId("depth");
  const compare = byId("compare");
  const before = byId("depth-before");
  const after = byId("depth-after");
  const slider = byId("slider");
  const previous = byId("depth-previous");
  const next = byId("depth-next");
  const scroll = depth.querySelector(".scroll");
  let current = null;
  let opener = null;

  const inTurn = () => cards.filter((card) => !card.hidden);
  const cut = () => {
    compare.style.setProperty("--cut", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", `${Math.round(slider.value)} %`);
    // A side that is hardly shown needs no name.
    compare.classList.toggle("no-before", slider.value < 15);
    compare.classList.toggle("no-after", slider.value > 85);
  };
  const zoom = () => {
    const chosen = depth.querySelector("input[name=zoom]:checked").value;
    // What was in the middle stays there.
    const across = (scroll.scrollLeft + scroll.clientWidth / 2) / scroll.scrollWidth;
    const down = (scroll.scrollTop + scroll.clientHeight / 2) / scroll.scrollHeight;
    compare.classList.toggle("zoomed", chosen !== "fit");
    compare.style.setProperty("--zoom", Number(chosen) / devicePixelRatio || 1);
    scroll.tabIndex = chosen === "fit" ? -1 : 0;
    scroll.scrollLeft = across * scroll.scrollWidth - scroll.clientWidth / 2;
    scroll.scrollTop = down * scroll.scrollHeight - scroll.clientHeight / 2;
  };
  const alone = (hasNoBefore, isMissing) => {
    compare.classList.toggle("alone", hasNoBefore);
    byId("no-original").hidden = !hasNoBefore || !isMissing;
  };
  const look = (card) => {
    current = card;
    const { after: source, before: original, width, height, title } = linkOf(card).dataset;
    const isSheet = card.classList.contains("sheet");
    byId("depth-title").textContent = title;
    const turn = inTurn();
    const place = turn.indexOf(card);
    byId("depth-place").textContent = place < 0 ? "" : `${place + 1} / ${turn.length}`;
    previous.disabled = place <= 0;
    next.disabled = place < 0 || place === turn.length - 1;
    compare.style.setProperty("--wide", width);
    compare.style.setProperty("--high", height);
    byId("not-here").hidden = true;
    alone(!original, !isSheet);
    after.alt = title;
    before.alt = "";
    after.src = source;
    if (original) before.src = original;
    else before.removeAttribute("src");
    slider.value = 50;
    cut();
    zoom();
    const known = byId("known");
    known.replaceChildren(
      ...[".remarked-by", ".figures"].map((part) => card.querySelector(`:scope > ${part}`))
        .filter(Boolean).map((part) => part.cloneNode(true)),
    );
  };
  const takeFocus = () => {
    if (!depth.open) return;
    (linkOf(current).dataset.before ? slider : byId("depth-close")).focus({ preventScroll: true });
  };
  const open = (card, from) => {
    opener = from;
    if (!depth.open) depth.showModal();
    look(card);
    depth.scrollTop = 0;
    takeFocus();
  };
  const step = (by) => {
    const turn = inTurn();
    const card = turn[turn.indexOf(current) + by];
    if (!card) return;
    history.replaceState(history.state, "", `#${card.id}`);
    look(card);
    opener = linkOf(card);
    // A button that can no longer be used would take the focus with it.
    if (document.activeElement.disabled) (previous.disabled ? next : previous).focus();
  };

  after.addEventListener("error", () => { byId("not-here").hidden = false; });
  before.addEventListener("error", () => alone(true, true));
  slider.addEventListener("input", cut);
  for (const choice of depth.querySelectorAll("input[name=zoom]")) choice.addEventListener("change", zoom);
  addEventListener("resize", zoom); // another screen, or the browser's own zoom
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  byId("depth-close").addEventListener("click", () => depth.close());
  depth.addEventListener("keydown", (event) => {
    if (event.target.matches("input, [tabindex='0']")) return; // they have uses for arrows
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  depth.addEventListener("close", () => {
    if (asked() && history.state) history.back();
    else if (asked()) history.replaceState(null, "", "#");
    opener.focus();
    after.removeAttribute("src");
    before.removeAttribute("src");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const card = byId(link.dataset.picture);
    if (!card) return;
    event.preventDefault();
    history.pushState({ picture: true }, "", `#${card.id}`);
    open(card, link);
  });

  // The address says which picture is open: for Back and Forward, and for links to one.
  const asked = () => {
    const card = byId(location.hash.slice(1));
    return card && card.classList.contains("picture") ? card : null;
  };
  const follow = () => {
    const card = asked();
    if (card) open(card, linkOf(card));
    else depth.close();
  };
  addEventListener("popstate", follow);
  if (asked()) {
    follow();
    // Until it is loaded, the browser looks for the place again, and takes the focus away.
    addEventListener("load", () => requestAnimationFrame(takeFocus));
  }

  // A run that goes on writes this page anew; a person who is reading is not disturbed.
  const written = Number(document.body.dataset.written);
  if (written) {
    const renew = () => {
      byId("stopped").hidden = Date.now() - written < 120000;
      const reading = depth.open || document.querySelector("details[open]") || (search && search.value);
      if (!reading && !document.hidden) location.reload();
    };
    byId("stopped").hidden = Date.now() - written < 120000;
    setInterval(renew, 5000);
  }
}
