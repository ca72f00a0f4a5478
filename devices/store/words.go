package store

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"stowage/devices"
)

// Search finds the beginnings of words. What is searched is prepared here and
// not by the database, so that every store finds the same.

// Bounds of what is searched and searched for.
const (
	maxWord       = 64       // characters of a word
	maxQueryWords = 8        // beyond which words typed are ignored
	maxPast       = 32 << 10 // bytes of words from a device's events, the latest
	minPart       = 3        // characters of the shortest part by which an identifier is found
)

// words returns the words of texts, folded, each once, in order.
func words(texts ...string) []string {
	var found []string
	known := map[string]bool{}
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(devices.Fold(text), notInWord) {
			word = truncate(word, maxWord)
			if !known[word] {
				known[word] = true
				found = append(found, word)
			}
		}
	}
	return found
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }

func truncate(text string, characters int) string {
	if utf8.RuneCountInString(text) <= characters {
		return text
	}
	return string([]rune(text)[:characters])
}

// deviceWords is what a device is found by, apart from its events.
func deviceWords(d devices.Device) string {
	texts := []string{d.Label, d.Serial, string(d.Kind), d.Make, d.Model, d.Site, d.HolderName, string(d.State), d.Notes}
	texts = append(texts, parts(d.Label)...)
	texts = append(texts, parts(d.Serial)...)
	return strings.Join(words(texts...), " ")
}

func holderWords(h devices.Holder) string {
	return strings.Join(words(h.Name, h.Email, h.Site, h.Notes), " ")
}

// parts returns the endings of an identifier, with and without what separates
// its words, so that whatever is inside it begins one of them.
func parts(identifier string) []string {
	var all []string
	separate := words(identifier)
	if len(separate) > 1 {
		separate = append(separate, truncate(strings.Join(separate, ""), maxWord))
	}
	for _, word := range separate {
		letters := []rune(word)
		for i := 0; i+minPart <= len(letters); i++ {
			all = append(all, string(letters[i:]))
		}
	}
	return all
}

// merge adds the words of text to those known, and drops the oldest if that
// becomes too much.
func merge(known, text string) string {
	merged := strings.Join(words(known, text), " ")
	for len(merged) > maxPast {
		_, merged, _ = strings.Cut(merged, " ")
	}
	return merged
}

// sortKey returns what text is sorted by: without case and accents, and numbers
// by their value.
func sortKey(text string) string {
	text = truncate(devices.Fold(text), maxWord)
	var key strings.Builder
	for text != "" {
		end := strings.IndexFunc(text, notDigit)
		if end < 0 {
			end = len(text)
		}
		if end > 0 {
			digits := strings.TrimLeft(text[:end], "0")
			fmt.Fprintf(&key, "%02d%s", len(digits), digits)
			text = text[end:]
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		key.WriteString(text[:size])
		text = text[size:]
	}
	return key.String()
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
