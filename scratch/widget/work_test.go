package widget

import (
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"testing"

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
		solution[i]++
		if w.Done(&solution) && w.Bits > 6 {
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
