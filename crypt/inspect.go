package crypt

import (
	"fmt"
	"io"
	"strings"
)

// Info is what anyone can see of an age file without opening it.
type Info struct {
	Armored    bool
	Recipients []string // the type of each recipient stanza, such as "X25519", "mlkem768x25519" or "scrypt"
	WorkFactor int      // log2 of the scrypt cost, 0 when no passphrase protects the file
	HeaderSize int64    // bytes, without armor
	PlainSize  int64    // bytes of plaintext, -1 when it is not known or cannot be right
}

// Passphrase reports whether a passphrase opens the file.
func (i Info) Passphrase() bool { return i.WorkFactor > 0 }

// Inspect reads the header of the age file src. size is that of the whole file
// in bytes, or negative if it is not known. What it reports is not
// authenticated. It reads at most a few MiB, or 64 MiB of an armored file to
// learn its plaintext's size, and keeps none of it. It returns [ErrNotAge] for
// anything else, and [ErrDamaged] for a header that cannot be right.
func Inspect(src io.Reader, size int64) (Info, error) {
	source := &sourceWatcher{src: src}
	plain, armored := dearmored(source)
	h, err := readHeader(plain)
	if err != nil {
		return Info{}, fmt.Errorf("inspect: %w", source.blame(err))
	}
	info := Info{
		Armored: armored, WorkFactor: h.workFactor(),
		HeaderSize: int64(len(h.text)), PlainSize: -1,
	}
	for _, s := range h.stanzas() {
		if !isGrease(s[0]) {
			info.Recipients = append(info.Recipients, s[0])
		}
	}
	if armored && size > maxArmored {
		return info, nil
	}
	if armored {
		n, err := io.Copy(io.Discard, io.LimitReader(h.rest, maxArmored))
		if err != nil || n == maxArmored {
			return info, source.blame(nil)
		}
		size = info.HeaderSize + n
	}
	info.PlainSize = plainSize(size - info.HeaderSize - nonceSize)
	return info, nil
}

// isGrease reports whether a stanza is one that implementations add so that
// readers stay tolerant; it is no recipient.
func isGrease(stanza string) bool { return strings.HasSuffix(stanza, "-grease") }

// plainSize is the size of the plaintext of a payload, or -1.
func plainSize(sealed int64) int64 {
	if sealed < overhead {
		return -1
	}
	chunks := (sealed + sealedSize - 1) / sealedSize
	if last := sealed - (chunks-1)*sealedSize; last < overhead || (last == overhead && chunks > 1) {
		return -1
	}
	return sealed - chunks*overhead
}

// SealedSize is the size in bytes of an age file with a header of headerSize
// bytes that holds plain bytes of plaintext.
func SealedSize(headerSize, plain int64) int64 {
	chunks := max(1, (plain+chunkSize-1)/chunkSize)
	return headerSize + nonceSize + plain + chunks*overhead
}
