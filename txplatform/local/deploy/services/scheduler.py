"""EventBridge Scheduler: schedules that call an AWS service themselves."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_SCHEDULE = ("Name", "Description", "ScheduleExpression", "FlexibleTimeWindow", "Target")


def create_schedule(context: Context, logical_id: str, properties: Properties) -> Created:
    schedule = properties.pick(*_SCHEDULE)
    arn = context.client("scheduler").create_schedule(**schedule)["ScheduleArn"]
    return Created(schedule["Name"], {"Arn": arn})


HANDLERS: dict[str, Handler] = {"AWS::Scheduler::Schedule": create_schedule}
