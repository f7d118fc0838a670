// A browser lets no page that is opened from the disk start a worker. Search runs in one; there, it runs in a hidden frame.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => this.tell(this, data);
      this.ready = new Promise((loaded, failed) => {
        const script = frame.contentDocument.createElement("script");
        script.onload = loaded;
        script.onerror = failed;
        script.src = address;
        frame.contentDocument.head.append(script);
      });
    }

    postMessage(data) {
      this.ready.then(() => this.tell(this.inside, data));
    }

    tell(whom, data) {
      setTimeout(() => whom.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
