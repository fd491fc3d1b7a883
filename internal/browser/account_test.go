package browser

import (
	"strings"
	"testing"
)

// The scripts of the account page: the field that finds a country in the list, and the file that recovery codes are saved as. The pages
// do without either.
func TestAccountScripts(t *testing.T) {
	g, _ := gallery(t)
	b := (&site{t: t, url: g.url}).browse(person{lang: "es"})
	b.open("/es/new-phone-worldwide.html")
	for _, c := range []struct {
		typed, chosen string
		left          int // 0: all
	}{{"", "ES", 0}, {"reino", "GB", 1}, {"MÉXICO", "MX", 1}, {"peru", "PE", 1}, {"+34", "ES", 1}, {"zzz", "ES", 1}, {"", "ES", 0}} {
		got := eval[[]any](b, `((typed) => {
			const find = document.querySelector("#find"), list = document.querySelector("#country");
			find.value = typed;
			find.dispatchEvent(new Event("input"));
			return [list.value, list.options.length, document.querySelector(".finder [role=status]").textContent];
		})("`+c.typed+`")`)
		left, said := int(got[1].(float64)), got[2].(string)
		if got[0] != c.chosen || c.left != 0 && left != c.left || c.left == 0 && left < 200 || (said != "") != (c.typed == "zzz") {
			t.Errorf("%q leaves %v", c.typed, got)
		}
	}
	b.open("/es/new-phone.html")
	if eval[bool](b, `document.querySelector("#find") != null`) {
		t.Error("a short list is searched")
	}

	b.open("/es/codes.html")
	file := eval[string](b, `(async () => {
		let saved;
		const make = URL.createObjectURL;
		URL.createObjectURL = (blob) => { saved = blob; return make(blob); };
		document.querySelector("[data-save]").click();
		return await saved.text();
	})()`)
	lines := strings.Split(file, "\r\n")
	if len(lines) != 13 || !strings.Contains(lines[0], "Fernbank") || lines[1] != "0h7k-m3pq-x9rt-w2ve" || lines[10] != "9h7k-m3pq-x9rt-w2ve" ||
		!strings.Contains(lines[11], "Fernbank") {
		t.Errorf("saved as\n%s", file)
	}
	if !eval[bool](b, `document.querySelector("[data-print]").checkVisibility()`) {
		t.Error("there is no button to print them")
	}
}
