package contact

import "testing"

func TestSlip(t *testing.T) {
	for typed, want := range map[string]string{
		"ada@gmial.com": "gmail.com", "ada@gmail.con": "gmail.com", "ada@gmail.co": "gmail.com", "ada@gmal.com": "gmail.com", "ada@hotmial.com": "hotmail.com",
		"ada@outlok.com": "outlook.com", "ada@yaho.com": "yahoo.com", "ada@icloud.co": "icloud.com", "ada@GMAIL.CM": "gmail.com", "ada@foxmial.com": "foxmail.com",
		"ada@gmail.com": "", "ada@mail.com": "", "ada@ymail.com": "", "ada@gmx.at": "", "ada@fernbank.example": "", "ada@yahoo.se": "", "ada@aol.co": "",
		"ada@qq.co": "", "ada@hotmail.fr": "", "ada@localhost": "",
	} {
		e, err := ParseEmail(typed)
		if err != nil {
			t.Fatal(typed, err)
		}
		if got, ok := e.Slip(); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// No provider is taken for a slip of another.
func TestProvidersAreNoSlips(t *testing.T) {
	for _, domain := range append(providers[:len(providers):len(providers)], neighbours...) {
		e, err := ParseEmail("ada@" + domain)
		if err != nil {
			t.Fatal(domain, err)
		}
		if got, ok := e.Slip(); ok {
			t.Errorf("%s is taken for %s", domain, got)
		}
	}
}
