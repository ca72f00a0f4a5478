package stick

import (
	"bytes"
	"fmt"
	"strings"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/layer"
)

// keyring is the plaintext of the files stick-<class>-*.age: an age identity
// file with the stick's identity, and with the retired one while the stick is
// being rotated. Comment lines say who it is encrypted to. FORMAT.md, "Keys".
type keyring struct {
	current *keys.StickIdentity
	retired *keys.StickIdentity // nil unless a rotation is under way
	// head is the newest layer when the rotation began: newer layers under the
	// retired identity do not count.
	head    layer.Ref
	holders []string // recipients
}

const (
	holderLine  = "# holder "
	retiredLine = "# retired-after "
	identityTop = "# stowage: "
	maxHolders  = 16
)

func (k *keyring) wipe() {
	k.current.Wipe()
	if k.retired != nil {
		k.retired.Wipe()
	}
}

// marshal writes the identity file. The caller wipes it.
func (k *keyring) marshal() ([]byte, error) {
	current, err := k.current.Marshal()
	if err != nil {
		return nil, err
	}
	defer clear(current)
	var lines bytes.Buffer
	for _, holder := range k.holders {
		fmt.Fprintf(&lines, "%s%s\n", holderLine, holder)
	}
	var retired []byte
	if k.retired != nil {
		if retired, err = k.retired.Marshal(); err != nil {
			return nil, err
		}
		defer clear(retired)
		fmt.Fprintf(&lines, "%s%s\n", retiredLine, k.head)
	}
	return bytes.Join([][]byte{current, lines.Bytes(), retired}, nil), nil
}

// parseKeyring reads the identity file.
func parseKeyring(plain []byte) (*keyring, error) {
	k := &keyring{}
	first, second := plain, []byte(nil)
	if i := bytes.Index(plain, []byte("\n"+identityTop)); i >= 0 {
		first, second = plain[:i+1], plain[i+1:]
	}
	var err error
	if k.current, err = keys.ParseStickIdentity(first); err != nil {
		return nil, err
	}
	marked := false
	for line := range bytes.Lines(first) {
		text := strings.TrimRight(string(line[:min(len(line), 8192)]), "\r\n")
		if holder, ok := strings.CutPrefix(text, holderLine); ok && len(k.holders) < maxHolders {
			k.holders = append(k.holders, holder)
		}
		if ref, ok := strings.CutPrefix(text, retiredLine); ok {
			if k.head, err = layer.ParseRef(ref); err != nil {
				break
			}
			marked = true
		}
	}
	if err == nil && second != nil {
		k.retired, err = keys.ParseStickIdentity(second)
	}
	if err != nil || marked != (k.retired != nil) {
		k.wipe()
		return nil, fmt.Errorf("read the stick's identity: %w", keys.ErrDamagedKey)
	}
	return k, nil
}

// stickKeys makes the identities ready for use, the current one first.
func (k *keyring) stickKeys() ([]*layer.Key, error) {
	var list []*layer.Key
	for _, id := range []*keys.StickIdentity{k.current, k.retired} {
		if id == nil {
			continue
		}
		recipient, err := keys.ParseRecipient(id.Recipient())
		if err != nil {
			return nil, err
		}
		mac, err := layer.NewMACKeys(id.Secret(), id.Stick)
		if err != nil {
			return nil, err
		}
		key := &layer.Key{Recipient: recipient, Identity: id.Identity(), MAC: mac}
		if id == k.retired {
			key.Retired, key.LastSeq = true, k.head.Seq
		}
		list = append(list, key)
	}
	return list, nil
}
