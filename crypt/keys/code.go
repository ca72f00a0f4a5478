package keys

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A recovery code is read out on the telephone: 26 random characters (130 bits)
// and 4 that check them, in groups of five. A mistake of any kind passes the
// check once in a million times, and then opens nothing. The alphabet is
// Crockford's (crockford.com/base32.html), which has no I, L, O or U.
const (
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeRandom   = 26
	codeCheck    = 4
	codeGroup    = 5
)

// GenerateCode makes a recovery code, in the form in which it is read out. The
// caller wipes it.
func GenerateCode() ([]byte, error) {
	random := make([]byte, codeRandom)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("make a recovery code: %w", err)
	}
	for i, b := range random {
		random[i] = codeAlphabet[b&31]
	}
	defer clear(random)
	return grouped(random), nil
}

// grouped adds the check characters and the dashes.
func grouped(random []byte) []byte {
	check := checkOf(random)
	all := make([]byte, 0, codeRandom+codeCheck)
	all = append(append(all, random...), check[:]...)
	defer clear(all)
	code := make([]byte, 0, len(all)+len(all)/codeGroup)
	for i, c := range all {
		if i > 0 && i%codeGroup == 0 {
			code = append(code, '-')
		}
		code = append(code, c)
	}
	return code
}

// checkOf is the first 20 bits of a hash of the random characters.
func checkOf(random []byte) [codeCheck]byte {
	h := sha256.New()
	h.Write([]byte("stowage recovery code v1\n"))
	h.Write(random)
	sum := h.Sum(nil)
	bits := uint32(sum[0])<<16 | uint32(sum[1])<<8 | uint32(sum[2])
	var check [codeCheck]byte
	for i := range check {
		check[i] = codeAlphabet[bits>>(19-5*i)&31]
	}
	return check
}

// NormaliseCode brings a code as somebody typed it into the form in which it
// was made: either case, O for 0, I or L for 1, and any spaces or dashes, or
// none, are accepted. It fails with [ErrCode] when it is mistyped; nothing was tried
// then. The caller wipes what it returns.
func NormaliseCode(typed []byte) ([]byte, error) {
	if len(typed) > 200 {
		return nil, fmt.Errorf("%w: it is too long", ErrCode)
	}
	chars := make([]byte, 0, len(typed))
	defer func() { clear(chars[:cap(chars)]) }()
	for rest := typed; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) { // Pd: dashes of every kind
			continue
		}
		c, ok := codeCharacter(r)
		if !ok {
			return nil, fmt.Errorf("%w: it holds a character that no code has", ErrCode)
		}
		chars = append(chars, c)
	}
	if len(chars) != codeRandom+codeCheck {
		return nil, fmt.Errorf("%w: it has %d characters and needs %d", ErrCode, len(chars), codeRandom+codeCheck)
	}
	if check := checkOf(chars[:codeRandom]); !bytes.Equal(check[:], chars[codeRandom:]) {
		return nil, fmt.Errorf("%w: it was mistyped", ErrCode)
	}
	return grouped(chars[:codeRandom]), nil
}

// codeCharacter is what Crockford's base 32 takes a typed character for.
func codeCharacter(r rune) (c byte, ok bool) {
	switch r = unicode.ToUpper(r); r {
	case 'O':
		r = '0'
	case 'I', 'L':
		r = '1'
	}
	if r > unicode.MaxASCII || strings.IndexByte(codeAlphabet, byte(r)) < 0 {
		return 0, false
	}
	return byte(r), true
}

// SealWithCode protects a plain identity file with a recovery code, as an age
// file whose passphrase is the code with its dashes.
func SealWithCode(plain, code []byte, w WorkFactor) ([]byte, error) {
	code, err := NormaliseCode(code)
	if err != nil {
		return nil, err
	}
	defer clear(code)
	return sealWith(plain, code, w)
}

// OpenWithCode opens what SealWithCode wrote. A mistyped code costs no
// attempt. It fails with [ErrCode] or [ErrDamagedKey]; the caller wipes what it
// returns.
func OpenWithCode(sealed, typed []byte) ([]byte, error) {
	code, err := NormaliseCode(typed)
	if err != nil {
		return nil, err
	}
	defer clear(code)
	plain, err := openWith(sealed, code)
	if errors.Is(err, ErrPassphrase) {
		return nil, fmt.Errorf("%w: it is not the code of this stick", ErrCode)
	}
	return plain, err
}
