# SPDX-License-Identifier: Apache-2.0
# A client by the command gearman: client.sh PORT COMMAND FUNCTION [ARGUMENT...]
port=$1 command=$2 function=$3
shift 3

submit() {
  gearman -h 127.0.0.1 -p "$port" -f "$function" "$@"
}

# submit with PAYLOAD UNIQUE PRIORITY and further options
job() {
  payload=$1 unique=$2 priority=$3
  shift 3
  case $priority in
    high) set -- -I "$@" ;;
    low) set -- -L "$@" ;;
  esac
  submit ${unique:+-u "$unique"} "$@" "$payload"
}

# The command says which function an output is of, but not of which kind it is.
call() {
  job "$@" -P 2>&1 | sed "s/$function: /\n/g" | sed '/^$/d'
}

bytes() {
  payload='join "", map { chr($_ % $ARGV[1]) } 0 .. $ARGV[0] - 1'
  expected=$(perl -e "print scalar reverse $payload" "$@" | cksum)
  actual=$(perl -e "print $payload" "$@" | submit | cksum)
  [ "$actual" = "$expected" ] && echo reversed || echo wrong
}

background() {
  job "$@" -b && echo created
}

"$command" "$@"
