package stick

import (
	"bytes"
	"io"

	"filippo.io/age"
)

// driveSector is the unit in which drives write. A drive that is pulled leaves whole sectors unwritten.
const driveSector = 512

// altered reports whether the age header of a layer was written and changed since: no key opens it, and yet each of
// its sectors holds what such a header has there, but for some bytes.
func (l *loader) altered(files *layerFiles) bool {
	sizes := files.sizes()
	if len(sizes) == 0 {
		return false
	}
	parts := newPartReader(l.fs, files.id, sizes)
	defer parts.Close()
	resembles := false
	for _, key := range l.keys {
		if _, _, err := salvage(parts, key); err == nil {
			return false // what is wrong is not its header
		}
		model, err := modelHeader(key.recipient)
		if err != nil {
			continue
		}
		head := make([]byte, len(model))
		if _, err := parts.ReadAt(head, 0); err == nil || err == io.EOF { //nolint:errorlint // as io.ReaderAt has it
			resembles = resembles || resemblesHeader(head, model)
		}
	}
	return resembles
}

// modelHeader is the age header of any layer that is encrypted to the recipient. All of them differ in Base64 characters only.
func modelHeader(to age.Recipient) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return age.ExtractHeader(&sealed)
}

// resemblesHeader reports whether at most an eighth of the bytes of each sector are of another kind than the model's.
func resemblesHeader(head, model []byte) bool {
	for at := 0; at < len(model); at += driveSector {
		end, other := min(at+driveSector, len(model)), 0
		for i := at; i < end; i++ {
			if head[i] != model[i] && !(isBase64(head[i]) && isBase64(model[i])) {
				other++
			}
		}
		if other > (end-at)/8 {
			return false
		}
	}
	return true
}

func isBase64(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}
