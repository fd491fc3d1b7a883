package password

import (
	"math/bits"
	"strings"
	"testing"
)

// Every word of the list is found by the search, with the rank that its place among
// all ranks allows; and its neighbours, which are not on the list, are not.
func TestCommonRank(t *testing.T) {
	lines := commonBySize()
	perRank := make(map[int]int)
	for size, line := range lines {
		if len(line)%(size+1) != 0 {
			t.Fatalf("line of %d bytes is broken", size)
		}
		words := make(map[string]bool)
		for i := 0; i < len(line); i += size + 1 {
			words[line[i:i+size]] = true
		}
		for word := range words {
			log2, found := commonRank(word)
			if !found {
				t.Fatalf("%q is on the list and was not found", word)
			}
			perRank[log2]++
			for _, other := range []string{word[:size-1] + "\x7f", word[:size-1] + " ", "~" + word[1:], word + "\n"} {
				if _, found := commonRank(other); found && !words[other] {
					t.Fatalf("%q is not on the list and was found", other)
				}
			}
		}
	}
	last := bits.Len(uint(CommonWords())) - 1
	for log2 := range last {
		if perRank[log2] != 1<<log2 {
			t.Errorf("%d words of rank 2^%d", perRank[log2], log2)
		}
	}
	for word, want := range map[string]int{"123456": 0, "password": 1, "12345678": 1, "qwerty": 2} {
		if log2, found := commonRank(word); !found || log2 != want {
			t.Errorf("%q: %d, %v, want %d", word, log2, found, want)
		}
	}
	for _, word := range []string{"", "\n", "a", strings.Repeat("a", 21), strings.Repeat("a", 1000), "123456a123456", "1234567 "} {
		if _, found := commonRank(word); found {
			t.Errorf("%q found", word)
		}
	}
}

func BenchmarkCommonRank(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, found := commonRank("sunshine1"); !found {
			b.Fatal("not found")
		}
	}
}
