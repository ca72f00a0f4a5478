#!/bin/sh
# One week of a small school, with nothing but the stow command: it is set up, a
# key and a stick are issued, files go home and back, a file goes to a colleague,
# a passphrase is forgotten, a stick is lost and found. Every command is printed
# before it runs. Everything happens in a temporary folder, which is removed.
#
#   sh cmd/stow/week.sh          (from anywhere; needs Go)
#
# The "stick" is an ordinary folder here, so that no hardware is needed; on a
# real stick the commands are the same without --folder.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
week=$(mktemp -d)
trap 'rm -rf "$week"' EXIT
trap 'exit 130' INT TERM

if [ -t 1 ]; then bold=$(printf '\033[1m') dim=$(printf '\033[36m') off=$(printf '\033[0m'); else bold='' dim='' off=''; fi
day() { printf '\n%s%s%s\n' "$bold" "$*" "$off"; }
show() { # as it would be typed
	printf '%s$' "$dim"
	for word in "$@"; do
		case $word in *' '*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '%s\n' "$off"
}
run() {
	show "$@"
	"$@"
}
refused() { # the command must fail, with a sentence and this exit code
	wanted=$1
	shift
	show "$@"
	code=0
	"$@" || code=$?
	[ "$code" -eq "$wanted" ] || { echo "exit code $code, not $wanted"; exit 1; }
	echo "(exit code $code)"
}

echo "Building stow…"
(cd "$project" && CGO_ENABLED=0 go build -o "$week/bin/stow" ./cmd/stow)
PATH=$week/bin:$PATH
export HOME="$week" XDG_CONFIG_HOME="$week/config" # your own settings stay as they are
cd "$week"
umask 077
mkdir stick home outbox recovered
# People would be asked for these, without echo; a script gives them in files.
echo 'seven quiet lanterns over Tenby' >authority.txt
echo 'my grandmother kept 9 blue hens' >alice.txt
echo 'granite umbrella whistles softly' >alice2.txt
echo 'Ann, Bob, Carys' >home/class-4b.csv
mkdir home/reports && echo 'Ann reads well.' >home/reports/ann.txt

day 'Monday: ICT sets the school up, and issues a key and an encrypted stick'
run stow school init school --name 'Hill Road Primary' --set-default --passphrase-file authority.txt
run stow holder add --name 'Alice Jones' --email alice@hillroad.example
run stow holder add --name 'Bob Smith' --email bob@hillroad.example
run stow key issue alice@hillroad.example --authority-passphrase-file authority.txt --passphrase-out alice-first.txt
run stow key issue 'Bob Smith' --authority-passphrase-file authority.txt --passphrase-out bob-first.txt
run stow stick issue stick --folder --to alice@hillroad.example --label HRP-0042 --authority-passphrase-file authority.txt

day 'Alice must choose her own passphrase first; then she takes files home'
refused 15 stow stick put stick home/class-4b.csv --passphrase-file alice-first.txt
run stow stick passphrase stick --passphrase-file alice-first.txt --new-passphrase-file alice.txt
run stow stick put stick home/class-4b.csv home/reports --passphrase-file alice.txt
run stow stick ls stick --all --passphrase-file alice.txt
refused 3 stow stick ls stick --passphrase-file alice-first.txt

day 'What a finder of the stick would see'
run find stick -type f
run stow stick scan stick
run cat 'stick/IF FOUND.txt'

day 'Tuesday: a report is put right, deleted by mistake, and brought back'
echo 'Ann reads very well.' >home/reports/ann.txt
run stow stick put stick home/reports --replace --passphrase-file alice.txt
run stow stick versions stick reports/ann.txt --passphrase-file alice.txt
run stow stick rm stick reports --passphrase-file alice.txt
run stow stick undelete stick reports/ann.txt --passphrase-file alice.txt
run stow stick get stick --to back --passphrase-file alice.txt
run diff -r home back

day 'Wednesday: a file for Bob; ICT can always open it too'
run stow encrypt --to bob@hillroad.example home/class-4b.csv
run stow inspect home/class-4b.csv.age
run stow decrypt --recovery --authority-passphrase-file authority.txt --out-dir recovered home/class-4b.csv.age --reason 'asked to'
run cmp home/class-4b.csv recovered/class-4b.csv

day 'Thursday: Alice forgets her passphrase; ICT gives her a new key, and no data is rewritten'
run stow key recover alice@hillroad.example --stick stick --authority-passphrase-file authority.txt --passphrase-out alice-second.txt
run stow stick passphrase stick --passphrase-file alice-second.txt --new-passphrase-file alice2.txt
run stow stick ls stick --passphrase-file alice2.txt

day 'Friday: the stick is lost, found, checked and handed back'
run stow device lost HRP-0042 --note 'left on the 14:10 train' --authority-passphrase-file authority.txt
refused 13 stow encrypt --to alice@hillroad.example --out-dir outbox home/class-4b.csv
run stow device found HRP-0042 --note 'lost property office' --authority-passphrase-file authority.txt
run stow stick checkin stick --recovery --check --authority-passphrase-file authority.txt
run stow device return HRP-0042
run stow register show HRP-0042
run stow register history HRP-0042
run stow register backup register.age
run stow inspect register.age

day 'That was the week. Nothing was lost, and the register can say so.'
