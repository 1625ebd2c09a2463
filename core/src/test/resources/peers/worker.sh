# SPDX-License-Identifier: Apache-2.0
# A worker by the command gearman: worker.sh PORT PREFIX FUNCTION
# It is not told which of several functions a job is of, so each has a worker of its own.
port=$1 prefix=$2 function=$3

case $function in
  # Reads all before it writes: the command blocks otherwise when the payload is large.
  reverse) set -- perl -0777 -ne 'print scalar reverse' ;;
  fail) set -- false ;;
  # Says that it runs, then waits for a line of input of this script, which is the result.
  hold) set -- sh -c 'echo holding >&4; read -r line <&3; printf %s "$line"' ;;
esac
exec 3<&0 4>&1
exec gearman -h 127.0.0.1 -p "$port" -w -f "$prefix-$function" -- "$@"
