package question

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"twohens/internal/locale"
)

// what attackers try first is refused, however it is spelled.
func TestPopular(t *testing.T) {
	for id, list := range map[ID]string{
		// For any question.
		"shared-word": "none|None!|i don't know|n/a|PassWord1|secret|my-mother|a friend|the dog|blue|Monday|January|London|New York|maria12|John Smith|" +
			"123|12345678|1999|٢٠٠١|aaa|AAAAAA|abab|xoxoxo|abcabcabc|lalala|qwerty|asdf|poiuytrewq|1q2w3e|abcdef|fedcba|" +
			"no lo sé|ninguno|contraseña|azul|José|jose luis|García|Ciudad de México|el perro|" +
			"لا أعرف|لا شيء|محمد|مُحَمَّد|احمد|أزرق|القاهرة|فاطمة|كلمة المرور|ضصثق|أبجد|" +
			"没有|不知道|北京|王伟|红色|星期一|我的妈妈|哈哈哈哈|一二三四",
		// The best-known answers to one.
		"first-concert":     "Beatles|The Beatles|beatles 1|U2|AC/DC|Shakira|Maná|mana|عمرو دياب|周杰伦",
		"first-book":        "harry potter|Harry Potter!|el principito|El Quijote|ألف ليلة وليلة|西游记",
		"toy-name":          "Teddy|Mr. Bear|my teddy|osito|دبدوب|小熊",
		"frightening-story": "IT|E.T.|la llorona|أمنا الغولة|午夜凶铃",
		// A question's own words, in every language.
		"desk-mate":     "first year|beside|colegio|nombre completo|المدرسة|الاسم الكامل|同桌|一年级",
		"family-dish":   "dish|nobody else|plato|familia|عائلتك|人叫它",
		"meeting-place": "your friends|What did you and your friends call the place where you met?|juntabais|伙伴们",
	} {
		for typed := range strings.SplitSeq(list, "|") {
			if !Popular(id, parse(t, typed)) {
				t.Errorf("%s: %q is accepted", id, typed)
			}
		}
	}
	for id, list := range map[ID]string{
		"first-concert": "Fernbank Ramblers|Los Gatos del Puerto|فرقة النخيل|石榴树乐队|Teddy",
		"desk-mate":     "Ottoline Brackwater|Itziar Goikoetxea|نوف الزهراني|欧阳雪松|Josefine",
		"toy-name":      "Brumbazul|U2|the beatles|Quillomino|زعفرانة|铁皮蛙|Kikito",
		"invented-word": "snorfel|mimimoto|chirlibís|فنطوش|嘟噜怪|abra2c",
		"got-lost":      "Kesterby fair|Mercado de Tlacolula|سوق واقف القديم|莲花池庙会",
		"first-team":    "Kesterby Sparrows|Coro Santa Águeda|فريق السنابل|蓝鲸合唱团|Kesterby 7",
	} {
		for typed := range strings.SplitSeq(list, "|") {
			if Popular(id, parse(t, typed)) {
				t.Errorf("%s: %q is refused", id, typed)
			}
		}
	}
}

// The shipped lists hold what they are to hold, and every line of them can be read.
func TestPopularLists(t *testing.T) {
	if l := popular(); len(l.anything) < 1400 {
		t.Errorf("%d answers to anything", len(l.anything))
	}
	likeliest := make(map[ID]int)
	for line := range popularLines("questions") {
		id, answers, _ := strings.Cut(line, ":")
		if _, ok := Find(ID(id)); !ok {
			t.Errorf("questions.txt: no question %q", id)
		}
		likeliest[ID(id)] += strings.Count(answers, ",") + 1
	}
	for _, q := range All {
		if likeliest[q.ID] < 10 {
			t.Errorf("%s: %d likeliest answers", q.ID, likeliest[q.ID])
		}
	}
	for _, name := range []string{"anything", "names", "places", "questions"} {
		for line := range popularLines(name) {
			_, answers, found := strings.Cut(line, ":")
			if !found {
				answers = line
			}
			for answer := range strings.SplitSeq(answers, ",") {
				if form := normal(answer); form == "" || utf8.RuneCountInString(form) > 50 {
					t.Errorf("%s.txt: %q is no answer", name, answer)
				}
			}
		}
	}
}

func TestRefuse(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed []string
		own   []string
		want  []error
	}{
		{"good ones", []string{"Brumbazul", "石榴树", "Ottoline Brackwater"}, []string{"ann.miller"}, []error{nil, nil, nil}},
		{"too short", []string{"ab", "", "é!", "猫狗", "猫", "서울역", "가나", "क\u093c\u093c"}, nil, []error{ErrShort, ErrShort, ErrShort, nil, ErrShort, nil, nil, ErrShort}},
		{"popular before the rest", []string{"blue", "blue"}, nil, []error{ErrPopular, ErrPopular}},
		{"twice", []string{"Brumbazul", "snorfel", "brum bazúl"}, nil, []error{nil, nil, ErrSame}},
		{"the own address", []string{"Ann Miller", "annmiller83", "Annabella Millerovna", "Miller-Brackwater", "Joe Miller"}, []string{"ann.miller"},
			[]error{ErrYours, ErrYours, nil, nil, nil}},
		{"a piece of it", []string{"Brackwater", "ottoline", "shoppe"}, []string{"ottoline_brackwater+shoppe"}, []error{ErrYours, ErrYours, nil}},
		{"several addresses", []string{"snorfel", "brumbazul"}, []string{"x", "brumbazul1990"}, []error{nil, ErrYours}},
		{"an address too short to look for", []string{"Brumbazul"}, []string{"br"}, []error{nil}},
		{"no address", []string{"Brumbazul"}, []string{""}, []error{nil}},
		{"another script", []string{"欧阳雪松"}, []string{"欧阳雪松"}, []error{ErrYours}},
		{"nothing", nil, nil, nil},
	} {
		var list []Given
		for i, typed := range c.typed {
			list = append(list, Given{All[(i+4)%len(All)].ID, parse(t, typed)})
		}
		if got := Refuse(list, c.own...); !slices.EqualFunc(got, c.want, errors.Is) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Every refusal has words in every language, and they tell the figures that are in force.
func TestWordsOfRefusals(t *testing.T) {
	for _, l := range locale.All() {
		for _, word := range []string{"short", "long", "popular", "same", "yours"} {
			if _, err := locale.For(l.Tag).Text("questions.refused." + word); err != nil {
				t.Error(err)
			}
		}
		if text := locale.For(l.Tag).T("questions.refused.long"); !strings.Contains(text, strconv.Itoa(maxLetter)) {
			t.Errorf("%s: the most is %d, the text says %q", l.Tag, maxLetter, text)
		}
	}
}
