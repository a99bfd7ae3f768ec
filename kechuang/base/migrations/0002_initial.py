import django.db.models.deletion
import kechuang.base.clock
import kechuang.base.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
        ("orgs", "0001_initial"),
        ("orgs", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=kechuang.base.clock.now, verbose_name="时间")),
                ("action", models.CharField(db_index=True, max_length=80, verbose_name="操作")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                ("by_name", models.CharField(blank=True, max_length=150, verbose_name="操作人账号")),
                ("on_type", models.CharField(blank=True, max_length=80, verbose_name="对象类型")),
                ("on_id", models.CharField(blank=True, max_length=64, verbose_name="对象编号")),
                ("scope_path", models.CharField(blank=True, db_index=True, max_length=255, verbose_name="机构路径")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="详情")),
                ("token", models.CharField(editable=False, max_length=32, unique=True)),
                ("mac", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["on_type", "on_id"], name="audit_entry_object")],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("kind", models.CharField(db_index=True, max_length=80)),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("body", models.TextField(blank=True, verbose_name="内容")),
                ("url", models.CharField(blank=True, max_length=300)),
                ("about_type", models.CharField(blank=True, max_length=80)),
                ("about_id", models.CharField(blank=True, max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("once", models.CharField(blank=True, max_length=120)),
                ("awaits_digest", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="阅读时间")),
            ],
            options={
                "verbose_name": "消息",
                "verbose_name_plural": "消息",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["user", "read_at"], name="message_inbox"),
                    models.Index(condition=models.Q(("awaits_digest", True)), fields=["user"], name="message_digest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("once", ""), _negated=True),
                        fields=("user", "once"),
                        name="message_only_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("page", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("query", models.CharField(blank=True, max_length=1000)),
                ("shared_path", models.CharField(blank=True, db_index=True, max_length=120)),
            ],
            options={
                "verbose_name": "保存的视图",
                "verbose_name_plural": "保存的视图",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "page", "name"), name="saved_view_one_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("page", models.CharField(max_length=60)),
                (
                    "view",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="base.savedview",
                    ),
                ),
                ("columns", models.JSONField(blank=True, default=list)),
                ("opens", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "列表设置",
                "verbose_name_plural": "列表设置",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "page", "view"), name="list_choice_one_per_view"),
                    models.UniqueConstraint(
                        condition=models.Q(("view__isnull", True)),
                        fields=("user", "page"),
                        name="list_choice_one_without_view",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("opens", True)), fields=("user", "page"), name="list_choice_opens_with_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=kechuang.base.ids.new_file_id, editable=False, max_length=32, unique=True),
                ),
                ("name", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField()),
                ("offset", models.PositiveBigIntegerField(default=0)),
                ("purpose", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "上传中"),
                            ("finished", "已完成"),
                            ("refused", "未通过检查"),
                            ("terminated", "已取消"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("error", models.TextField(blank=True)),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="base.storedfile",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("scope_path", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "断点续传",
                "verbose_name_plural": "断点续传",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("offset__lte", models.F("size"))), name="upload_offset_within_size"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="Job",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="发起人",
            ),
        ),
        migrations.AddField(
            model_name="StoredFile",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="上传人",
            ),
        ),
        migrations.AddField(
            model_name="Mail",
            name="message",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="mails",
                to="base.message",
            ),
        ),
    ]
