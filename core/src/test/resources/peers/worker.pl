# SPDX-License-Identifier: Apache-2.0
# A worker by Gearman::Worker: worker.pl PORT PREFIX
use strict;
use warnings;
use Gearman::Worker;

$| = 1;
my ($port, $prefix) = @ARGV;
my $worker = Gearman::Worker->new(job_servers => ["127.0.0.1:$port"]);

sub events {
    my ($job) = @_;
    $worker->send_work_data($job, 'one');
    $worker->send_work_warning($job, 'careful');
    $job->set_status(1, 2);    # send_work_status of the worker leaves the denominator out
    $worker->send_work_data($job, 'two');
    return 'done';
}

# Says that it runs, then waits for a line of input, which is the result.
sub hold {
    print "holding\n";
    chomp(my $line = <STDIN>);
    return $line;
}

my %functions = (
    reverse   => sub { scalar reverse $_[0]->arg },
    events    => \&events,
    fail      => sub { undef },
    exception => sub { $worker->send_work_exception($_[0], 'boom') },
    hold      => \&hold,
);
$worker->register_function("$prefix-$_", $functions{$_}) for keys %functions;
$worker->register_function("$prefix-limited", 1000, \&hold);
$worker->work;
