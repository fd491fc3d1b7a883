package browser

import "slices"

// inOrder presses the Tab key through the whole page: everything that can be operated is reached, once, in the order in which it
// is read, and can be seen when it is (WCAG 2.1.1, 2.4.3, 2.4.11).
func inOrder(w *walker, _ string) {
	w.t.Helper()
	if w.there("scratch-challenge") {
		w.until(element + `.card`) // what can be operated changes when it is there
	}
	all := eval[[]string](w.tab, `(() => {
		const within = (root) => [...root.querySelectorAll("*")].flatMap((e) => e.shadowRoot ? within(e.shadowRoot) : [e]);
		window.inside = (e) => e.shadowRoot?.activeElement ? inside(e.shadowRoot.activeElement) : e;
		window.order = within(document).filter((e) => e.matches("a[href], button, select, input:not([type=hidden]), summary, iframe, [tabindex]"))
			.filter((e) => e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}));
		getSelection().collapse(document.body, 0); // the next Tab begins at the top
		document.activeElement.blur();
		return order.map((e) => e.outerHTML.slice(0, 100));
	})()`)
	if len(all) < 4 {
		w.t.Fatalf("%s: only %d things can be operated", w.path(), len(all))
	}
	var reached []int
	for range all {
		w.press("\t")
		at := eval[int](w.tab, `order.indexOf(inside(document.activeElement))`)
		reached = append(reached, at)
		if at >= 0 && !eval[bool](w.tab, `(() => {
			const e = inside(document.activeElement), r = e.getBoundingClientRect();
			return [[.5, .5], [.1, .5], [.9, .5]].some(([x, y]) => {
				const top = e.getRootNode().elementFromPoint(r.x + r.width * x, r.y + r.height * y);
				return top && (e == top || e.contains(top) || top.contains(e));
			});
		})()`) {
			w.t.Errorf("%s has the focus and is not to be seen", all[at])
		}
	}
	if slices.Contains(reached, -1) || !slices.IsSorted(reached) || len(slices.Compact(reached)) != len(all) {
		w.t.Errorf("%s: the Tab key goes %v through\n%q", w.path(), reached, all)
	}
	eval[bool](w.tab, `(document.activeElement.blur(), getSelection().collapse(document.body, 0), true)`)
}
