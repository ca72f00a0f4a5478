//go:build linux

package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/gui/explain"
)

// Not of the long form: it takes a quarter of an hour by itself.
var allHostile = flag.Bool("all-hostile", false, "every command on large hostile sticks, not some on smaller ones")

// mostMemory is what no stick may make stow take, in bytes.
const mostMemory = 512_000_000

// villain is a holder who writes on the own stick what no program would, with the stick's own key.
type villain struct {
	t         *testing.T
	drive     string
	id        string
	recipient age.Recipient
	layer     []byte // MAC key of layer headers
	contents  []byte // of tables
	seq       int    // of the newest layer
	prev      string // what points to it
	tables    int    // written
}

// newVillain is Alice with her stick, as FORMAT.md says how.
func newVillain(t *testing.T, dir string) *villain {
	t.Helper()
	v := &villain{t: t, drive: filepath.Join(dir, "stick"), prev: "-"}
	fsys, err := stick.NewDirFS(v.drive)
	v.must(err)
	defer fsys.Close()
	found, err := stick.Inspect(fsys, "")
	v.must(err)
	v.id = found.Note.ID
	sealed, err := stick.HolderKeys(fsys)
	v.must(err)
	holder, err := keys.OpenHolderKey(sealed[0], []byte(alicePassphrase))
	v.must(err)
	files, err := filepath.Glob(filepath.Join(v.drive, "stowage/keys/stick-hybrid-?.age"))
	v.must(err)
	ring, err := os.ReadFile(files[0])
	v.must(err)
	plain, err := keys.Unwrap(ring, holder.Identity())
	v.must(err)
	identity, err := keys.ParseStickIdentity(plain)
	v.must(err)
	v.recipient, err = keys.ParseRecipient(identity.Recipient())
	v.must(err)
	for info, key := range map[string]*[]byte{"layer header": &v.layer, "contents": &v.contents} {
		*key, err = hkdf.Key(sha256.New, identity.Secret(), []byte(v.id), "stowage stick v1 "+info, sha256.Size)
		v.must(err)
	}
	return v
}

func (v *villain) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// name is that of the layer with the number.
func (v *villain) name(seq int) string { return fmt.Sprintf("%08d-%08x", seq, seq) }

// writeLayer writes the next layer, with the tar that write makes after a good header.
func (v *villain) writeLayer(write func(w *tar.Writer, raw io.Writer)) {
	v.t.Helper()
	v.seq++
	records := map[string]string{
		"STOWAGE.format": "1", "STOWAGE.layer": v.name(v.seq), "STOWAGE.prev": v.prev,
		"STOWAGE.stick": v.id, "STOWAGE.time": "2026-03-02T08:30:00Z",
	}
	mac := hmac.New(sha256.New, v.layer)
	for _, name := range []string{"format", "layer", "prev", "stick", "time"} {
		fmt.Fprintf(mac, "STOWAGE.%s=%s\n", name, records["STOWAGE."+name])
	}
	records["STOWAGE.hmac"] = hex.EncodeToString(mac.Sum(nil))
	path := filepath.Join(v.drive, "stowage/layers", v.name(v.seq)+".age")
	f, err := os.Create(path)
	v.must(err)
	sealed, err := crypt.NewEncryptWriter(f, v.recipient)
	v.must(err)
	w := tar.NewWriter(sealed)
	v.must(w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: records}))
	write(w, sealed)
	v.must(w.Close())
	v.must(sealed.Close())
	v.must(f.Close())
	v.prev = fmt.Sprintf("%d:%s", v.seq, v.digest(path))
}

// digest is that of a layer.
func (v *villain) digest(path string) string {
	v.t.Helper()
	f, err := os.Open(path)
	v.must(err)
	defer f.Close()
	info, err := f.Stat()
	v.must(err)
	header, err := age.ExtractHeader(f)
	v.must(err)
	last := (info.Size() - int64(len(header)) - 16) % (64<<10 + 16)
	h := sha256.New()
	io.WriteString(h, "stowage layer digest v1\n")
	for _, part := range [][2]int64{{0, int64(len(header))}, {int64(len(header)), 16}, {info.Size() - last, last}} {
		b := make([]byte, part[1])
		_, err := f.ReadAt(b, part[0])
		v.must(err)
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(info.Size())))
	return hex.EncodeToString(h.Sum(nil))
}

// writeTable writes a table of contents with the lines that write makes.
func (v *villain) writeTable(write func(w io.Writer)) {
	v.t.Helper()
	v.tables++
	f, err := os.Create(filepath.Join(v.drive, "stowage/contents", v.name(v.tables)+".age"))
	v.must(err)
	sealed, err := crypt.NewEncryptWriter(f, v.recipient)
	v.must(err)
	buffered := bufio.NewWriterSize(sealed, 1<<20)
	mac := hmac.New(sha256.New, v.contents)
	text := io.MultiWriter(buffered, mac)
	fmt.Fprintf(text, "stowage contents v1\t%s\n", v.id)
	write(text)
	fmt.Fprintf(buffered, "hmac\t%x\n", mac.Sum(nil))
	v.must(buffered.Flush())
	v.must(sealed.Close())
	v.must(f.Close())
}

// layerLine is how a table begins what it says of a layer.
func (v *villain) layerLine(seq int, digest string, size int64) string {
	return fmt.Sprintf("layer\t%s\t%s\t2026-03-02T08:30:00Z\t-\t-\t1024\t%d\n", v.name(seq), digest, size)
}

// listed is a table with so many lines about one layer, which is there and holds nothing of them.
func (v *villain) listed(count int, line func(i int) string) {
	v.prev = "-"
	v.writeLayer(func(*tar.Writer, io.Writer) {})
	path := filepath.Join(v.drive, "stowage/layers", v.name(v.seq)+".age")
	info, err := os.Stat(path)
	v.must(err)
	v.writeTable(func(w io.Writer) {
		_, _ = io.WriteString(w, v.layerLine(v.seq, v.digest(path), info.Size()))
		for i := range count {
			_, _ = io.WriteString(w, line(i))
		}
	})
}

// missing is a table with so many lines about one layer, which is not there.
func (v *villain) missing(count int, line func(i int) string) {
	v.seq++
	v.writeTable(func(w io.Writer) {
		_, _ = io.WriteString(w, v.layerLine(v.seq, strings.Repeat("0", 64), 1_000_000))
		for i := range count {
			_, _ = io.WriteString(w, line(i))
		}
	})
}

// deep are paths that have no folder in common, in a layer.
func (v *villain) deep(count int) {
	v.writeLayer(func(w *tar.Writer, _ io.Writer) {
		for i := range count {
			v.must(w.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d/%sfile", i, strings.Repeat("d/", 126)), Format: tar.FormatPAX}))
		}
	})
}

// absurd are entries that claim to be larger than any drive.
func (v *villain) absurd() {
	for _, size := range []uint64{1 << 62, 1<<63 - 1} {
		v.writeLayer(func(w *tar.Writer, raw io.Writer) {
			v.must(w.WriteHeader(&tar.Header{Name: "small", Size: 5}))
			_, err := io.WriteString(w, "hello")
			v.must(err)
			v.must(w.Flush())
			var b bytes.Buffer
			one := tar.NewWriter(&b)
			v.must(one.WriteHeader(&tar.Header{Name: "huge"}))
			block := b.Bytes()[:512]
			block[124], block[125], block[126], block[127] = 0x80, 0, 0, 0 // a size in base 256
			binary.BigEndian.PutUint64(block[128:], size)
			sum := 0
			copy(block[148:156], "        ")
			for _, c := range block {
				sum += int(c)
			}
			copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
			_, err = raw.Write(block)
			v.must(err)
		})
	}
}

// TestHostileSticks gives stow sticks that somebody wrote who holds their key, to take all the memory there is. Every
// command keeps to 512 MB, and says what it is that it refuses.
func TestHostileSticks(t *testing.T) {
	if testing.Short() {
		t.Skip("many processes")
	}
	size := func(small, large int) int {
		if *allHostile {
			return large
		}
		return small
	}
	for _, c := range []struct {
		name    string
		refused bool
		write   func(v *villain)
	}{
		{"deep paths", true, func(v *villain) { v.deep(size(6_000, 60_000)) }},
		{"many entries in layers", *allHostile, func(v *villain) {
			for range size(1, 8) {
				v.writeLayer(func(w *tar.Writer, _ io.Writer) {
					for i := range 250_000 {
						v.must(w.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d-%x", v.seq, i)}))
					}
				})
			}
		}},
		{"more entries than are allowed in a table", true, func(v *villain) {
			v.listed(2_000_000, func(i int) string { return fmt.Sprintf("f\t1024\t0\t0\t%x\n", i) })
		}},
		{"as many entries as are allowed", false, func(v *villain) {
			v.listed(size(300_000, 1_450_000), func(i int) string {
				if i == 0 {
					return "w\tgone\n" // so that it is worth tidying
				}
				return fmt.Sprintf("f\t1024\t0\t0\t%x\n", i)
			})
		}},
		{"each entry in a folder of its own", false, func(v *villain) {
			v.listed(size(80_000, 350_000), func(i int) string { return fmt.Sprintf("f\t1024\t0\t0\t%x/f\n", i) })
		}},
		{"many entries of layers that are gone", true, func(v *villain) {
			for range size(5, 20) {
				v.missing(1_000_000, func(i int) string { return fmt.Sprintf("f\t1024\t0\t0\t%x\n", i) })
			}
		}},
		{"as many links to nothing as are allowed", false, func(v *villain) {
			v.listed(size(200_000, 1_900_000), func(i int) string { return fmt.Sprintf("h\t0\t%x\tx\n", i) })
		}},
		{"many deletions", false, func(v *villain) {
			v.listed(size(200_000, 4_000_000), func(i int) string { return fmt.Sprintf("w\t%x\n", i) })
		}},
		{"many references", true, func(v *villain) {
			refs := "tidied\t\n" + strings.Repeat("below\t1:"+strings.Repeat("a", 64)+"\n", 10_000)
			v.writeTable(func(w io.Writer) {
				for i := range 400 {
					_, _ = io.WriteString(w, v.layerLine(i+2, strings.Repeat("0", 64), 1_000_000)+refs)
				}
			})
		}},
		{"many files in its folders", false, func(v *villain) {
			for i := range size(2_000, 100_000) {
				v.must(os.WriteFile(filepath.Join(v.drive, "stowage/layers", v.name(i+1)+".age"), []byte("x"), 0o600))
				v.must(os.WriteFile(filepath.Join(v.drive, "stowage/contents", v.name(i+1)+".age"), []byte("x"), 0o600))
			}
		}},
		{"many layers", false, func(v *villain) {
			for i := range size(400, 20_000) {
				v.writeLayer(func(w *tar.Writer, _ io.Writer) {
					v.must(w.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d", i)}))
				})
			}
		}},
		{"absurd sizes", false, (*villain).absurd},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := week(t)
			if err := os.Mkdir(filepath.Join(dir, "got"), 0o700); err != nil {
				t.Fatal(err)
			}
			c.write(newVillain(t, dir))
			for _, command := range hostileCommands(c.refused) {
				args := strings.Fields(command)
				if *allHostile && slices.Contains(args, "get") && strings.HasPrefix(c.name, "as many entries") {
					continue // a million files, which take their time
				}
				got := runMeasured(t, dir, args...)
				refused := strings.Contains(got.output, "more than an honest program writes") && got.exit == explain.BadInput
				opens := !slices.Contains(args, "backup")
				if refused != (c.refused && opens) || got.memory > mostMemory || strings.Contains(got.output, "EB") {
					t.Errorf("%s: %v", command, got)
				}
				t.Logf("%s: %v", command, got)
			}
		})
	}
}

// hostileCommands are what people do with a stick; the first ones, unless all are asked for: one that is refused is
// refused by each as it is opened.
func hostileCommands(refused bool) []string {
	all := []string{
		"stick ls stick --all --passphrase-file alice.txt",
		"stick checkin stick --recovery --authority-passphrase-file auth.txt --check",
		"stick ls stick --passphrase-file alice.txt",
		"stick ls stick --all --json --passphrase-file alice.txt",
		"stick check stick --passphrase-file alice.txt",
		"stick get stick --to got --passphrase-file alice.txt",
		"stick backup stick",
		"stick tidy stick --all --passphrase-file alice.txt",
		"stick repair stick --passphrase-file alice.txt",
		"stick checkin stick --sealed",
	}
	switch {
	case *allHostile:
		return all
	case refused:
		return all[:1]
	}
	return all[:2]
}
