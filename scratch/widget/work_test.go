package widget

import (
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"twohens/scratch"
)

// finder is the script's own search, to be called from a test's expression.
func finder(t testing.TB) string {
	t.Helper()
	text := "const finder = (() => {\n"
	for _, name := range []string{"wasm.js", "work.js"} {
		b, err := scriptFiles.ReadFile("script/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(spare(b))
	}
	return text + "return finder; })();\n"
}

// WebAssembly, plain script and Go agree on the work: the first two find the same numbers, and they are right.
func TestSolversAgree(t *testing.T) {
	s := newStand(t)
	b := s.browse(t, person{})
	b.do(chromedp.Navigate("about:blank"))
	search := finder(t)
	for i := range 24 {
		w := scratch.Work{Parts: scratch.Parts, Bits: 1 + i%12}
		rand.Read(w.Salt[:])
		var found [2][]uint32
		for k, plain := range []bool{false, true} {
			found[k] = eval[[]uint32](b, `(async () => { `+search+`const find = await finder("`+hex.EncodeToString(w.Salt[:])+`", `+fmt.Sprint(w.Bits, ", ", plain)+`);
				return Array.from({length: 32}, (_, part) => find(part, 0, 2 ** 20)); })()`)
		}
		if fmt.Sprint(found[0]) != fmt.Sprint(found[1]) {
			t.Fatalf("%d bits: %v by WebAssembly, %v by script", w.Bits, found[0], found[1])
		}
		solution := scratch.Solution(found[0])
		if !w.Done(&solution) {
			t.Fatalf("%d bits, salt %x: %v is not the work", w.Bits, w.Salt, found[0])
		}
		if solution != w.Solve() { // the first ones, so no nonce is passed over
			t.Fatalf("%d bits: %v are not the first", w.Bits, found[0])
		}
		for j := range solution {
			solution[j]++ // one of them may fit too, by chance; all of them never do
		}
		if w.Done(&solution) {
			t.Error("any number will do")
		}
	}
	// What is not there is not found, and neither is what lies outside of the bounds.
	if got := eval[[]int](b, `(async () => { `+search+`const found = [];
		for (const plain of [false, true]) { const find = await finder("00".repeat(16), 24, plain); found.push(find(0, 0, 4), find(5, 400, 4000)); }
		return found; })()`); fmt.Sprint(got) != "[-1 -1 -1 -1]" {
		t.Error(got)
	}
}

var rates = flag.Bool("rates", false, "measure the solvers")

// TestRates measures the search in Chromium, in a worker made of the served file:
//
//	go test ./scratch/widget -run TestRates -rates -v
func TestRates(t *testing.T) {
	if !*rates {
		t.Skip("a measurement")
	}
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(s.own + "/scratch/example")
	for _, c := range []struct {
		plain bool
		bits  int
	}{{false, 22}, {true, 18}} {
		best := 0.
		for range 5 {
			best = max(best, eval[float64](b, `new Promise((done) => {
				const worker = new Worker("/scratch/scratch.js"), salt = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
				let began, hashes = 0, parts = 0;
				const ask = (bits) => worker.postMessage({salt, bits, plain: %v, part: parts++});
				worker.onmessage = ({data}) => {
					if (!began) began = performance.now(); else hashes += data.nonce + 1;
					if (parts > 6) { done(hashes / (performance.now() - began) * 1000); worker.terminate(); } else ask(%d);
				};
				ask(%[2]d);
			})`, c.plain, c.bits))
		}
		t.Logf("plain %v: %.2f million hashes a second", c.plain, best/1e6)
	}
}

// TestFrames measures how long the foil holds up a frame while it is rubbed quickly, on a processor a quarter as fast:
//
//	go test ./scratch/widget -run TestFrames -rates -v
func TestFrames(t *testing.T) {
	if !*rates {
		t.Skip("a measurement")
	}
	s := newStand(t)
	b := s.browse(t, person{wide: 390, touch: true, before: `window.took = []; const ask = requestAnimationFrame;
		window.requestAnimationFrame = (f) => ask((now) => { const at = performance.now(); f(now); took.push(performance.now() - at); });`})
	b.open(at(s.own))
	b.card()
	b.must(call(b, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}))
	eval[bool](b, `(async () => {
		const foil = $(".foil"), r = foil.getBoundingClientRect();
		const send = (type, i) => foil.dispatchEvent(new PointerEvent(type, {pointerId: 1, isPrimary: true, button: 0, bubbles: true,
			clientX: r.x + r.width * (.5 + .45 * Math.sin(i / 7)), clientY: r.y + r.height * (.5 + .45 * Math.sin(i / 17))}));
		foil.setPointerCapture = () => {};
		took.length = 0;
		send("pointerdown", 0);
		for (let i = 1; i < 240; i++) {
			for (let k = 0; k < 4; k++) send("pointermove", i + k / 4); // as many as a quick pointer reports between two frames
			await new Promise((done) => ask(done));
		}
		send("pointerup", 240);
		return true;
	})()`)
	took := eval[[]float64](b, `took.sort((a, b) => a - b)`)
	t.Logf("%d frames: half take at most %.2f ms, 95 %% %.2f ms, the slowest %.2f ms", len(took), took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
}
