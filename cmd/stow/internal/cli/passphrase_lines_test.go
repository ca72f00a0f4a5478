package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestPassphraseLines(t *testing.T) {
	long := strings.Repeat("x", maxPassphrase)
	for name, c := range map[string]struct {
		text string
		want []string // then the end
		err  error    // in place of the next one
	}{
		"one":               {text: "orange\n", want: []string{"orange"}},
		"no end":            {text: "orange", want: []string{"orange"}},
		"two, of Windows":   {text: "\ufefforange\r\nwalrus\r\n", want: []string{"orange", "walrus"}},
		"UTF-16":            {text: "\xff\xfeo\x00\x77\x01\r\x00\n\x00w\x00\n\x00", want: []string{"oŷ", "w"}},
		"UTF-16 BE":         {text: "\xfe\xff\x00o\x01\x77\x00\r\x00\n\x00w", want: []string{"oŷ", "w"}},
		"UTF-16 surrogates": {text: "\xff\xfe\x3d\xd8\x11\xdd\n\x00", want: []string{"\U0001f511"}},
		"half a surrogate":  {text: "\xff\xfe\x3d\xd8\n\x00", err: errNotText},
		"half a unit":       {text: "\xff\xfeo\x00w", err: errNotText},
		"half a mark":       {text: "\xffo\n", err: errNotText},
		"unmarked":          {text: "o\x00w\x00\n\x00", err: errNotText},
		"unmarked BE":       {text: "\x00o\x00w\x00\n", err: errNotText},
		"latin 1":           {text: "T\xff\n", err: errNotText},
		"empty":             {text: "\nx\n", err: errEmptyPassphrase},
		"longest":           {text: long + "\r\n", want: []string{long}},
		"too long":          {text: long + "x\n", err: errLongPassphrase},
		"endless":           {text: strings.Repeat("x", 1<<20), err: errLongPassphrase},
		"too long, UTF-16":  {text: "\xff\xfe" + strings.Repeat("x\x00", maxPassphrase+1), err: errLongPassphrase},
	} {
		t.Run(name, func(t *testing.T) {
			lines := secretLines{src: bufio.NewReader(strings.NewReader(c.text))}
			for _, want := range c.want {
				if got, err := lines.line(); err != nil || string(got) != want {
					t.Fatalf("got %q, %v; want %q", got, err, want)
				}
			}
			if got, err := lines.line(); c.err != nil && (!errors.Is(err, c.err) || got != nil) {
				t.Errorf("got %q, %v; want %v", got, err, c.err)
			}
		})
	}
}

// TestPassphraseLinesReadNoFurther: who types a line is not kept waiting for the next.
func TestPassphraseLinesReadNoFurther(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go func() { _, _ = w.Write([]byte("x\n")) }()
	lines := secretLines{src: bufio.NewReader(r)}
	if got, err := lines.line(); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}
