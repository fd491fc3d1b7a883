package widget

import (
	"embed"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
)

//go:embed words/*.json
var wordFiles embed.FS

// languages are those that the element speaks by itself, by their tags in small letters.
var languages = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	files, _ := wordFiles.ReadDir("words")
	for _, f := range files {
		b, _ := wordFiles.ReadFile("words/" + f.Name())
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			panic("widget: words/" + f.Name() + ": " + err.Error()) // a test reads them all
		}
		out[strings.TrimSuffix(f.Name(), ".json")] = texts
	}
	return out
})

// Words are the element's built-in texts in a language, by their keys, and the tag of the language they are in: English where
// there is nothing better. {n}, {percent} and {time} in them are filled in by the element.
func Words(lang string) (texts map[string]string, tag string) {
	tag = speaks(lang)
	return maps.Clone(languages()[tag]), tag
}

// speaks is the built-in language that fits a tag: itself, or one with the same first part, or English.
func speaks(lang string) string {
	first, _, _ := strings.Cut(strings.ToLower(lang), "-")
	best := "en"
	for tag := range languages() {
		if strings.EqualFold(tag, lang) {
			return tag
		}
		if f, _, _ := strings.Cut(tag, "-"); f == first {
			best = tag
		}
	}
	return best
}

// rightToLeft are the first parts of the tags of languages written so.
var rightToLeft = map[string]bool{
	"ar": true, "ckb": true, "dv": true, "fa": true, "he": true, "ps": true, "sd": true, "ug": true, "ur": true, "yi": true,
}

// words serves the element's texts in a language.
func (h *Handler) words(w http.ResponseWriter, r *http.Request) {
	if !h.readable(w, r) {
		return
	}
	lang := r.PathValue("lang")
	if len(lang) > 35 { // the longest tag that RFC 5646 speaks of
		lang = "en"
	}
	texts, tag := Words(lang)
	if h.config.Words != nil {
		if own := h.config.Words(lang); own != nil {
			if tag != lang {
				texts, _ = Words("en")
			}
			maps.Copy(texts, own)
			tag = lang
		}
	}
	first, _, _ := strings.Cut(strings.ToLower(tag), "-")
	dir := "ltr"
	if rightToLeft[first] {
		dir = "rtl"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	json.NewEncoder(w).Encode(map[string]any{"lang": tag, "dir": dir, "words": texts}) // the client may have gone
}
